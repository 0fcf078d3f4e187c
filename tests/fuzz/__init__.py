"""Fuzzing what reads strangers' bytes: coverage-guided, by atheris (libFuzzer).

``python -m tests.fuzz TARGET [--runs N] [--seconds S] [--seed N]`` runs one target; ``targets`` says
what must hold of each input, ``seeds`` what is begun with.
"""
