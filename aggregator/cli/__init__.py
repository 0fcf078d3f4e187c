"""The ``aggregator`` command: thin verbs over the rest of the house.

A module has the command of its name; besides: ``run`` and ``schedule`` are in ``serve``, ``serve``
is in ``web``, with ``site`` what each of its processes runs · ``init``, ``poll``, ``worker``,
``sources``, ``items``, ``stories``, ``briefs``, ``users``, ``db``, ``export``, ``ops`` ·
``scheduling`` what runs by itself beside the web, ``following`` the operator's files meanwhile,
``measuring`` the metrics at an address of their own · ``app`` and ``editors`` what commands are
built from · ``trace`` a poll, ``why`` an item's place, ``history`` its versions, ``briefs_shown`` ·
``times`` as people give them.

Exit codes: 0 done, 1 some of the work failed, 2 bad usage, bad config or no usable database.
"""

from __future__ import annotations

import errno
from importlib import import_module

import click

from aggregator import __version__
from aggregator.cli.app import config_option
from aggregator.errors import AggregatorError

_MODULES = {
    "init": "init",
    "run": "serve",
    "serve": "web",
    "schedule": "serve",
    "worker": "worker",
    "poll": "poll",
    "sources": "sources",
    "items": "items",
    "stories": "stories",
    "users": "users",
    "briefs": "briefs",
    "db": "db",
    "export": "export",
    "ops": "ops",
}


_USED_UP = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT}
"""What the machine or a limit of the process has no more of."""


class _Commands(click.Group):
    """Commands whose errors that a user can act on are shown as they are, with exit code 2.

    Each is imported when it is asked for: polling needs none of the web.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"aggregator.cli.{_MODULES[cmd_name]}")
        command = getattr(module, cmd_name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AggregatorError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        except OSError as error:
            if error.errno not in _USED_UP:
                raise
            click.echo(f"this machine has run out of something: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aggregator")
@config_option
def main() -> None:
    """A news wire, an editor's desk and a feed service."""
