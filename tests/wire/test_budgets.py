"""What hosts' refusals teach, and whose limit it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.domain import HostBudget
from aggregator.wire.budgets import Budgets
from aggregator.wire.domains import registrable_domain
from tests.build import NOW

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def budgets(*known: HostBudget, **owners: str) -> Budgets:
    return Budgets.of(
        HOUR, SECOND, {key.replace("_", "."): to for key, to in owners.items()}, known
    )


def test_each_refusal_doubles_the_spacing_and_each_quiet_hour_halves_it() -> None:
    learnt = budgets()
    seen = []
    for minute in range(5):
        learnt.refused("a.example", NOW + minute * timedelta(minutes=1))
        seen.append(learnt.spacing("a.example", NOW) // SECOND)
    assert seen == [2, 4, 8, 16, 32]
    later = [learnt.spacing("a.example", NOW + n * 1.1 * HOUR) // SECOND for n in range(1, 7)]
    assert later == [16, 8, 4, 2, 1, 0]


def test_the_spacing_is_bounded() -> None:
    learnt = budgets()
    for minute in range(20):
        learnt.refused("a.example", NOW + minute * timedelta(minutes=1))
    assert learnt.spacing("a.example", NOW) == timedelta(minutes=10)


def test_a_burst_of_refusals_is_one() -> None:
    learnt = budgets()
    for second in range(50):
        learnt.refused("a.example", NOW + second * SECOND)
    assert learnt.spacing("a.example", NOW) == 2 * SECOND


def test_where_the_operator_sets_no_limit_none_is_learnt() -> None:
    learnt = Budgets.of(HOUR, timedelta(0), {}, ())
    learnt.refused("a.example", NOW)
    assert learnt.spacing("a.example", NOW) == timedelta(0)
    assert learnt.changed() == []


def test_a_refusal_says_nothing_of_other_hosts() -> None:
    learnt = budgets()
    learnt.refused("feeds.paper.co.uk", NOW)
    assert learnt.spacing("www.paper.co.uk", NOW) == timedelta(0)
    assert learnt.owner("www.paper.co.uk") == "www.paper.co.uk"


def test_hosts_of_one_domain_that_refuse_together_share_a_budget() -> None:
    learnt = budgets()
    learnt.refused("feeds.paper.co.uk", NOW)
    learnt.refused("www.paper.co.uk", NOW + HOUR / 2)
    assert {learnt.owner(f"{name}.paper.co.uk") for name in ("feeds", "www")} == {"paper.co.uk"}
    assert learnt.spacing("paper.co.uk", NOW + HOUR / 2) == 2 * SECOND
    restarted = budgets(*learnt.changed())
    assert restarted.owner("www.paper.co.uk") == "paper.co.uk"


def test_a_lesson_is_told_until_it_is_kept() -> None:
    learnt = budgets()
    learnt.refused("a.example", NOW)
    told = learnt.changed()
    assert learnt.changed() == told, "it was not kept"
    learnt.refused("a.example", NOW + HOUR / 2)
    learnt.kept(told)
    assert learnt.changed() != told, "more was learnt meanwhile"
    learnt.kept(learnt.changed())
    assert learnt.changed() == []


def test_what_another_process_learnt_counts_unless_it_is_older() -> None:
    ours, theirs = budgets(), budgets()
    theirs.refused("a.example", NOW)
    told = theirs.changed()
    ours.know(told)
    assert ours.spacing("a.example", NOW) == 2 * SECOND
    assert ours.changed() == [], "it is theirs to tell"
    ours.refused("a.example", NOW + HOUR / 2)
    ours.know(told)
    assert ours.spacing("a.example", NOW + HOUR / 2) == 4 * SECOND


def test_hosts_of_two_domains_or_times_do_not() -> None:
    learnt = budgets()
    learnt.refused("a.paper.co.uk", NOW)
    learnt.refused("b.other.co.uk", NOW)
    learnt.refused("c.paper.co.uk", NOW + 2 * HOUR)
    assert learnt.owner("c.paper.co.uk") == "c.paper.co.uk"


def test_the_operator_groups_and_splits() -> None:
    learnt = budgets(a_example="group", b_example="group", www_paper_com="www.paper.com")
    assert learnt.owner("a.example") == learnt.owner("b.example:8080") == "group"
    learnt.refused("www.paper.com", NOW)
    learnt.refused("feeds.paper.com", NOW)
    assert learnt.owner("www.paper.com") == "www.paper.com"
    learnt.refused("a.example", NOW)
    assert learnt.spacing("group", NOW) == 2 * SECOND


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("rss.lemonde.fr:8443", "lemonde.fr"),
        ("127.0.0.1:8000", None),
        ("[::1]:8000", None),
        ("localhost", None),
    ],
)
def test_registrable_domains(host: str, domain: str | None) -> None:
    assert registrable_domain(host) == domain
