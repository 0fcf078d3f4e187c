"""``aggregator sources discover`` and ``add``: from a site's address to an entry in the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import click

from aggregator.cli.app import config_option, emit, json_option, load_settings, revise_sources
from aggregator.cli.app import utc_now as now
from aggregator.domain import Republish
from aggregator.errors import FetchError
from aggregator.jobs.fetching import scouting
from aggregator.settings import Settings
from aggregator.settings.editing import with_sources
from aggregator.settings.entries import new_entry, new_id
from aggregator.wire.checkup import place
from aggregator.wire.sights import FoundFeed
from aggregator.wire.spoken import contradicts


@click.command()
@click.argument("url")
@json_option
@config_option
@click.pass_context
def discover(ctx: click.Context, url: str, *, as_json: bool) -> None:
    """Find the feeds of a site: what its page names, else where feeds mostly are."""
    feeds = find_feeds(load_settings(), url)
    for number, feed in enumerate(feeds, 1):
        if as_json:
            emit(asdict(feed))
        else:
            click.echo(describe(number, feed))
    if not feeds:
        click.echo(f"{url}: no feed was found there", err=True)
        ctx.exit(1)


@click.command()
@click.argument("url")
@click.option("--id", "source_id", metavar="ID", help="Default: made of its name.")
@click.option("--name", metavar="N", help="The credit (default: what the feed calls itself).")
@click.option("--category", "categories", multiple=True, metavar="C", help="May be repeated.")
@click.option("--language", metavar="TAG", help="Default: what the feed says, or is in.")
@click.option("--interval", metavar="T", help="How often to ask, like 15m.")
@click.option("--republish", type=click.Choice([level.value for level in Republish]))
@click.option("--yes", is_flag=True, help="Ask nothing: the first feed that is not there yet.")
@config_option
@click.pass_context
def add(ctx: click.Context, /, url: str, *, yes: bool, **given: Any) -> None:
    """Find the feeds of a site, ask which to poll, and write them into sources.yaml."""
    settings = load_settings()
    known = {place(source.url): source.id for source in settings.sources}
    feeds = find_feeds(settings, url)
    for number, feed in enumerate(feeds, 1):
        there = known.get(place(feed.url))
        click.echo(describe(number, feed) + (f"\n   is there already: '{there}'" if there else ""))
    fresh = [feed for feed in feeds if place(feed.url) not in known]
    if not fresh:
        click.echo(f"{url}: no feed to add was found there", err=True)
        ctx.exit(1)
    chosen = fresh[:1] if yes or len(feeds) == 1 else _choose(feeds, fresh)
    if not yes and len(feeds) == 1 and not click.confirm("Add it?", default=True, err=True):
        ctx.exit(1)
    ids = [source.id for source in settings.sources]
    entries = entries_for(ids, chosen, given, ask=not yes)
    revise_sources(lambda text: with_sources(text, entries))
    for entry in entries:
        click.echo(f"{entry['id']}: added; a running service polls it within seconds")


def find_feeds(settings: Settings, url: str) -> list[FoundFeed]:
    """The feeds of a site. Raises ClickException when there is nothing at the address."""
    address = url if "://" in url else f"https://{url}"
    with scouting(settings, now) as scout:
        try:
            return scout.discover(address)
        except FetchError as error:
            raise click.ClickException(str(error)) from None


def describe(number: int, feed: FoundFeed) -> str:
    """A feed on two lines: what it is called and where; how fresh, in which language."""
    fresh = f"newest of {feed.newest_at:%d %b %Y %H:%M} UTC" if feed.newest_at else "without dates"
    said = feed.language or feed.heard or "unknown"
    if feed.language and contradicts(feed.language, feed.heard):
        said = f"{feed.language}, it says, but its items are in {feed.heard}"
    title = feed.title or "(no title)"
    return f"{number}. {title}\n   {feed.url}\n   {feed.items} items, {fresh}; language: {said}"


def entries_for(
    ids: Iterable[str], feeds: Sequence[FoundFeed], given: dict[str, Any], *, ask: bool
) -> list[dict[str, object]]:
    """The entries to write, with what was given by options, or asked for where it was not; ``ids``
    are taken.
    """
    taken = set(ids)
    entries = []
    for feed in feeds:
        name = given.get("name") or feed.title or urlsplit(feed.url).netloc
        if ask and not given.get("name"):
            name = click.prompt("Name (the credit that readers see)", default=name, err=True)
        key = given.get("source_id") or new_id(str(name), taken)
        if ask and not given.get("source_id"):
            key = click.prompt("Id (for commands, for ever)", default=key, err=True)
        taken.add(str(key))
        trusted = feed.language and not contradicts(feed.language, feed.heard)
        entries.append(
            new_entry(
                id=key,
                name=name,
                url=feed.url,
                site=feed.site,
                language=given.get("language") or (feed.language if trusted else feed.heard),
                categories=list(given.get("categories") or ()),
                interval=given.get("interval"),
                republish=given.get("republish"),
            )
        )
    return entries


def _choose(feeds: Sequence[FoundFeed], fresh: Sequence[FoundFeed]) -> list[FoundFeed]:
    """Those of the numbered feeds that the person at the terminal wants."""
    first = feeds.index(fresh[0]) + 1
    answer = click.prompt("Which (numbers, or all)", default=str(first), err=True)
    if answer.strip() == "all":
        return list(fresh)
    wanted = answer.replace(",", " ").split()
    numbers = [int(word) for word in wanted if word.isdecimal()]
    if len(numbers) < len(wanted) or not all(0 < number <= len(feeds) for number in numbers):
        raise click.UsageError(f"'{answer}' names none of the {len(feeds)} feeds")
    return [feeds[number - 1] for number in numbers if feeds[number - 1] in fresh]
