"""The ``aggregator`` command: thin verbs over the rest of the house.

Exit codes: 0 done, 1 some of the work failed, 2 bad usage, bad config or no usable database.
"""

from __future__ import annotations

import click

from aggregator import __version__
from aggregator.cli.app import config_option
from aggregator.cli.db import db
from aggregator.cli.items import items
from aggregator.cli.poll import poll
from aggregator.cli.serve import run, schedule, serve
from aggregator.cli.sources import sources
from aggregator.errors import AggregatorError


class _Commands(click.Group):
    """Commands whose errors that a user can act on are shown as they are, with exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AggregatorError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aggregator")
@config_option
def main() -> None:
    """A news wire, an editor's desk and a feed service."""


for _command in (run, serve, schedule, poll, sources, items, db):
    main.add_command(_command)
