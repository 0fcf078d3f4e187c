"""What runs by itself beside the web, built and stopped in order (a composition root)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial

from aggregator.cli.app import uptime, utc_now
from aggregator.cli.editors import desk_of
from aggregator.cli.worker import queue_of
from aggregator.domain import AuditEntry
from aggregator.jobs.announcing import Announcer
from aggregator.jobs.grouping import BackgroundGrouping, Grouper
from aggregator.jobs.heartbeat import Dispatch, Heartbeat, beat_every
from aggregator.jobs.oversight import BackgroundOversight, Oversight
from aggregator.jobs.pictures import BackgroundPictures, PictureFetching
from aggregator.jobs.polling import Polling
from aggregator.jobs.publishing import BackgroundPublishing
from aggregator.jobs.telling import Teller
from aggregator.settings import Settings
from aggregator.settings.live import LiveSettings, difference
from aggregator.store import Store
from aggregator.store.folder import PictureFolder
from aggregator.wire.filters import excluded_by
from feeds.metrics import Metrics

log = logging.getLogger(__name__)


@contextmanager
def scheduling(live: LiveSettings, store: Store, metrics: Metrics) -> Iterator[None]:
    """Poll, group, publish what is due, look after it all; what was built last stops first."""
    settings = live.settings
    log.info("polling %d sources", sum(source.enabled for source in settings.sources))
    with ExitStack() as stack:
        shared = settings.broker_url is not None
        polling = stack.enter_context(closing(Polling(settings, store, utc_now, shared=shared)))
        dispatch = stack.enter_context(_dispatching(settings, store, polling))
        grouping = BackgroundGrouping(Grouper(store, settings, utc_now))
        stack.callback(grouping.stop)
        announcer = Announcer(settings, store, utc_now) if settings.hub else None
        if announcer:
            stack.callback(announcer.stop)

        def wake() -> None:
            grouping.wake()
            if announcer:
                announcer.wake()

        stack.callback(_pictures(settings, store, polling).stop)
        stack.callback(BackgroundPublishing(lambda: desk_of(live.settings, store)).stop)
        heartbeat = Heartbeat(
            dispatch,
            beat_every(settings.hour),
            hour=settings.hour,
            clock=utc_now,
            monotonic=uptime,
            also=wake,
            reported=metrics.polled,
        )
        stack.callback(heartbeat.stop)
        stack.callback(_oversight(live, store, polling, heartbeat).stop)
        live.on_change(partial(_adopt, live, store, dispatch, heartbeat))
        heartbeat.start()
        stack.callback(log.info, "stopping")
        yield


@contextmanager
def _dispatching(settings: Settings, store: Store, polling: Polling) -> Iterator[Dispatch]:
    """Where due polls go: to ``polling``, or with a broker to workers; then it has the rest."""
    if settings.broker_url is None:
        yield polling
        return
    from aggregator.jobs.queueing import Queueing  # noqa: PLC0415 - needs the extra ``queue``

    with closing(queue_of(settings, store)) as queue:
        yield Queueing(settings, store, queue, clock=utc_now, monotonic=uptime)


def _pictures(settings: Settings, store: Store, polling: Polling) -> BackgroundPictures:
    folder, minute = PictureFolder(settings.pictures_dir), settings.hour / 60
    return BackgroundPictures(PictureFetching(store, folder, polling.fetcher, minute, utc_now))


def _oversight(
    live: LiveSettings, store: Store, polling: Polling, heartbeat: Heartbeat
) -> BackgroundOversight:
    teller = Teller(lambda: live.settings, polling.fetcher, utc_now)
    oversight = Oversight(store, lambda: live.settings.limits, teller, utc_now)
    return BackgroundOversight(oversight, lambda: heartbeat.is_leading)


def _adopt(
    live: LiveSettings, store: Store, dispatch: Dispatch, heartbeat: Heartbeat, changed: Settings
) -> None:
    store.sources.declare(changed.sources, utc_now(), excluded_by)
    if _of_site(changed) != _of_site(live.settings):
        # Another title, say: whoever asks whether the feed is newer must be told yes.
        store.renew_edition(utc_now())
    dispatch.adopt(changed)
    heartbeat.beat()
    before, now = (replace(one, origins={}) for one in (live.settings, changed))
    if heartbeat.is_leading and before != now:
        detail = difference(before, now)
        store.audit.add(AuditEntry(utc_now(), None, "files taken up", detail=detail))


def _of_site(settings: Settings) -> Settings:
    """Without what readers cannot see any of."""
    return replace(settings, sources=(), origins={})
