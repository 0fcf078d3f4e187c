"""``aggregator sources``: what is declared, how it is doing, and every change of it.

``listing`` list, release · ``finding`` discover, add · ``checking`` check · ``lists`` import and
export of OPML · ``switching`` enable, disable, schema · ``trying`` try.
"""

from __future__ import annotations

import click

from aggregator.cli.app import config_option
from aggregator.cli.sources.checking import check
from aggregator.cli.sources.finding import add, discover
from aggregator.cli.sources.listing import list_sources, release
from aggregator.cli.sources.lists import export, import_
from aggregator.cli.sources.switching import disable, enable, show_schema
from aggregator.cli.sources.trying import try_


@click.group()
@config_option
def sources() -> None:
    """Look at the sources, and change them."""


for _command in (
    *(list_sources, discover, add, check, import_, export),
    *(enable, disable, try_, release, show_schema),
):
    sources.add_command(_command)
