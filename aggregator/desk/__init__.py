"""What editors do, decided without a database, a network or a clock.

``accounts`` names, initials, roles · ``passwords`` which are good enough, and their hashes ·
``sessions`` how a login lasts · ``throttle`` how often a password may be guessed · ``checks`` what
a brief says against its sources · ``attribution`` whom it owes that · ``series`` what comes daily ·
``cldr`` names of days, months and countries.
"""
