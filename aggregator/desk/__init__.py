"""What editors do with briefs.

``workflow`` who may do what, and what becomes of a brief · ``requirements`` what a wording must
have to go out · ``citing`` what a brief rests on · ``naming`` its slug, and times in the newsroom's
zone · ``markdown`` the one door to markdown-it · ``desk`` the shell: each action, with the store.
All but the last are pure.
"""
