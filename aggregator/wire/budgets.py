"""What each host's owner lets us ask for, learnt from refusals (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from aggregator.domain import HostBudget
from aggregator.wire.domains import registrable_domain, without_port


@dataclass(slots=True)
class Budgets:
    """The spacing between requests to each limit owner.

    An owner is a host, unless the operator says otherwise (``owners``: host → owner) or two hosts
    of one registrable domain refuse within an hour: then they share the domain's budget. A refusal
    doubles the spacing, ``base`` at first, up to a sixth of an hour; those of one minute count
    once, and each hour without one halves it. Without a ``base`` there is no limit to learn.
    """

    hour: timedelta
    base: timedelta
    owners: Mapping[str, str]
    _known: dict[str, HostBudget]
    _changed: set[str]
    _members: dict[str, list[HostBudget]] | None = None

    @classmethod
    def of(
        cls,
        hour: timedelta,
        base: timedelta,
        owners: Mapping[str, str],
        known: Iterable[HostBudget],
    ) -> Budgets:
        """Budgets as they were learnt so far."""
        return cls(hour, base, owners, {budget.host: budget for budget in known}, set())

    def owner(self, host: str) -> str:
        """Who limits requests to a host (a name, with its port where that is unusual)."""
        declared = self.owners and (self.owners.get(host) or self.owners.get(without_port(host)))
        known = self._known.get(host)
        return declared or (known.owner if known and known.owner else host)

    @property
    def any_learnt(self) -> bool:
        """Whether any host has ever refused."""
        return bool(self._known and self.base)

    def spacing(self, owner: str, now: datetime) -> timedelta:
        """How far apart requests to an owner must be, as far as refusals taught us."""
        if self._members is None:
            self._members = {}
            for budget in list(self._known.values()):
                self._members.setdefault(self.owner(budget.host), []).append(budget)
        members = self._members.get(owner, ())
        return max((self._faded(budget, now) for budget in members), default=timedelta(0))

    def refused(self, host: str, now: datetime) -> None:
        """A host asked us to slow down."""
        if not self.base:
            return
        budget = self._known.get(host, HostBudget(host))
        faded = self._faded(budget, now)
        again = budget.refused_at is not None and now - budget.refused_at < self.hour / 60
        spacing = faded if again and faded else min(max(faded, self.base) * 2, self.hour / 6)
        self._put(replace(budget, spacing=spacing, refused_at=now))
        domain = registrable_domain(host)
        if domain is None:
            return
        recent = [
            other
            for other in self._known.values()
            if other.refused_at
            and now - other.refused_at < self.hour
            and registrable_domain(other.host) == domain
        ]
        if len(recent) > 1:
            for other in recent:
                self._put(replace(other, owner=domain))

    def know(self, budgets: Iterable[HostBudget]) -> None:
        """Take what another process learnt since."""
        for budget in budgets:
            known = self._known.get(budget.host)
            if known is None or _refused(known) < _refused(budget):
                self._known[budget.host] = budget
                self._members = None

    def changed(self) -> list[HostBudget]:
        """What was learnt and is not :meth:`kept` yet."""
        return [self._known[host] for host in sorted(self._changed)]

    def kept(self, budgets: Iterable[HostBudget]) -> None:
        """These need not be told again, unless more was learnt meanwhile."""
        self._changed -= {known.host for known in budgets if self._known[known.host] is known}

    def _faded(self, budget: HostBudget, now: datetime) -> timedelta:
        if budget.spacing is None or budget.refused_at is None:
            return timedelta(0)
        hours = max(0, (now - budget.refused_at) // self.hour)
        left = budget.spacing / (1 << min(hours, 40))
        return left if left >= self.base else timedelta(0)

    def _put(self, budget: HostBudget) -> None:
        self._known[budget.host] = budget
        self._changed.add(budget.host)
        self._members = None


def _refused(budget: HostBudget) -> datetime:
    return budget.refused_at or datetime.min.replace(tzinfo=UTC)


@lru_cache(maxsize=20_000)
def host_of(url: str) -> str:
    """The host that a URL asks, with its port where that is unusual."""
    return urlsplit(url).netloc.lower()
