"""The ``aggregator`` command, and ``python -m aggregator``."""


def main() -> None:
    """Run the command line."""
    # Not at the top: the parsers' child processes import this module too, and need none of it.
    from aggregator.cli import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
