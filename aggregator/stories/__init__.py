"""From items to stories: signatures, candidates, verdicts, the incremental index (pure).

``grouping`` reports into stories as they arrive · ``words`` what a report says as numbers, with
``letters``, ``background`` (how rare words are) and ``series`` (headlines that recur) · ``meaning``
the same across languages, with ``encoder`` · ``lookup`` and ``candidates`` which earlier reports to
compare · ``pairs`` whether two tell of one event · ``likeness`` of all open ones, with ``blas`` ·
``linkage`` clustering, ``repair`` doing it anew · ``book`` who is where, and what editors decided ·
``copies`` which repeat another, with ``verbatim``, ``same_text`` and ``ties`` (which sources do) ·
``score`` what to pick first · ``reasons`` why, in words.
"""
