"""What editors do; all but ``desk`` is decided without a database, a network or a clock.

``workflow`` who may do what, and what becomes of a brief · ``requirements`` what a wording must
have to go out · ``citing`` what a brief rests on · ``naming`` its slug, and times in the newsroom's
zone · ``markdown`` the one door to markdown-it · ``checks`` what a brief says against its sources ·
``attribution`` whom it owes that · ``series`` what comes daily · ``cldr`` names of days, months and
countries · ``desk`` the shell: each action, with the store.

``accounts`` names, initials, roles · ``passwords`` which are good enough, and their hashes ·
``sessions`` how a login lasts · ``throttle`` how often a password may be guessed.
"""
