"""``aggregator users``: who may enter the desk. Accounts are made here and nowhere else."""

from __future__ import annotations

import sys

import click

from aggregator.cli.app import (
    config_option,
    emit,
    json_option,
    load_settings,
    note,
    opened,
    utc_now,
)
from aggregator.desk.accounts import edited, new_editor
from aggregator.desk.passwords import check_password, hash_password
from aggregator.domain import Editor, Role
from aggregator.errors import AccountRefused

username_argument = click.argument("username")


@click.group()
def users() -> None:
    """Editors' accounts."""


@users.command()
@username_argument
@click.option("--name", required=True, metavar="N", help="The name that colleagues see.")
@click.option("--initials", metavar="I", help="What stands under briefs (default: the name's).")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="editor")
@config_option
def add(username: str, name: str, initials: str | None, role: str) -> None:
    """Make an account; the password is asked for, or is the first line of stdin."""
    editor = new_editor(username, name, initials, Role(role))
    with opened(load_settings(), declare=False) as store:
        if not store.editors.add(editor, hash_password(read_password(username)), utc_now()):
            raise AccountRefused(f"there is already an account {username}")
        note(store, "account made", f"{username}, {role}")


@users.command("list")
@json_option
@config_option
def list_(*, as_json: bool) -> None:
    """List everybody, disabled accounts too."""
    with opened(load_settings(), declare=False) as store:
        found = store.editors.all()
    for editor in found:
        if as_json:
            emit(_record(editor))
        else:
            click.echo(_line(editor))


@users.command()
@username_argument
@click.option("--name", metavar="N", help="The name that colleagues see.")
@click.option("--initials", metavar="I", help="What stands under the briefs to come.")
@click.option("--role", type=click.Choice([role.value for role in Role]))
@config_option
def edit(username: str, name: str | None, initials: str | None, role: str | None) -> None:
    """Change somebody's name, initials or role, at once; they stay logged in."""
    if name is None and initials is None and role is None:
        raise AccountRefused("say what to change: --name, --initials or --role")
    with opened(load_settings(), declare=False) as store:
        editor = store.editors.find(username)
        if editor is None:
            raise _unknown(username)
        changed = edited(editor, name, initials, Role(role) if role else None)
        store.editors.edit(changed)
        note(store, "account changed", f"{username}, {changed.role}: {changed.name}")


@users.command()
@username_argument
@config_option
def passwd(username: str) -> None:
    """Give somebody another password, asked for or read from stdin; they are logged out."""
    with opened(load_settings(), declare=False) as store:
        if not store.editors.set_password(username, hash_password(read_password(username))):
            raise _unknown(username)
        note(store, "password changed", username)


@users.command()
@username_argument
@config_option
def disable(username: str) -> None:
    """Shut somebody out, at once; what they wrote stays."""
    with opened(load_settings(), declare=False) as store:
        if not store.editors.disable(username, utc_now()):
            raise _unknown(username)
        note(store, "account disabled", username)


@users.command()
@username_argument
@config_option
def enable(username: str) -> None:
    """Let somebody in again, with the password they had."""
    with opened(load_settings(), declare=False) as store:
        if not store.editors.enable(username):
            raise _unknown(username)
        note(store, "account enabled", username)


def read_password(username: str) -> str:
    """From the person at the terminal, unseen and twice; else one line of stdin."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    check_password(password, username)
    return password


def _unknown(username: str) -> AccountRefused:
    return AccountRefused(f"there is no account {username}; see: aggregator users list")


def _record(editor: Editor) -> dict[str, object]:
    return {
        "username": editor.username,
        "name": editor.name,
        "initials": editor.initials,
        "role": editor.role,
        "disabled_at": editor.disabled_at,
    }


def _line(editor: Editor) -> str:
    state = "  (disabled)" if editor.disabled_at else ""
    return f"{editor.username:<16} {editor.initials:<5} {editor.role:<9} {editor.name}{state}"
