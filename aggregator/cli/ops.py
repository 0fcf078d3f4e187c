"""``aggregator ops``: who may read the private feeds."""

from __future__ import annotations

import click

from aggregator.cli.app import (
    config_option,
    editor_option,
    emit,
    json_option,
    load_settings,
    opened,
    utc_now,
)
from aggregator.desk.sessions import key_of, new_token


@click.group()
@config_option
def ops() -> None:
    """What operators need outside their pages."""


@ops.group()
def token() -> None:
    """Let feed readers in, which cannot log in."""


@token.command()
@click.argument("name")
@editor_option
@config_option
def add(name: str, editor: str) -> None:
    """Make a token and print, this once, the address of the incidents that has it."""
    settings, made = load_settings(), new_token()
    with opened(settings, declare=False) as store:
        if not store.tokens.add(name, key_of(made), editor, utc_now()):
            raise click.UsageError(f"there is a token '{name}' already; revoke it or name another")
    click.echo(f"{settings.base_url}/incidents/{made}.atom")
    click.echo("Whoever has this address can read it; it is not shown again.", err=True)


@token.command(name="list")
@json_option
@config_option
def list_tokens(*, as_json: bool) -> None:
    """Name the tokens that let somebody in."""
    with opened(load_settings(), declare=False) as store:
        for one in store.tokens.all():
            if as_json:
                emit({"name": one.name, "created_at": one.created_at})
            else:
                click.echo(f"{one.name}: since {one.created_at:%d %b %Y %H:%M} UTC")


@token.command()
@click.argument("name")
@editor_option
@config_option
def revoke(name: str, editor: str) -> None:
    """Shut out whoever has a token, from now on."""
    with opened(load_settings(), declare=False) as store:
        if not store.tokens.revoke(name, editor, utc_now()):
            raise click.UsageError(f"there is no token '{name}'")
    click.echo(f"{name}: revoked.", err=True)
