"""Every figure that we quote, each a command: ``make bench``."""
