"""Hosts that are shared: nothing is started that is not ours, nothing is forgotten."""

from __future__ import annotations

from aggregator.wire.leased import LeasedHosts


def hosts(rate: float = 1.0) -> LeasedHosts[str]:
    return LeasedHosts(2, rate)


def test_work_waits_until_its_host_is_granted() -> None:
    queues = hosts()
    queues.add("a", "one")
    queues.add("b", "two")
    assert queues.wanted.is_set()
    assert queues.take(0) is None
    assert queues.waiting_for() == ["a", "b"]
    assert not queues.wanted.is_set()
    queues.granted({"a": 0}, 0, 60)
    assert queues.take(0) == "one"
    assert queues.take(0) is None
    assert queues.waiting_for() == ["b"]


def test_a_host_is_not_asked_before_the_last_process_would_have() -> None:
    queues = hosts()
    queues.add("a", "one")
    queues.granted({"a": 2.5}, 10, 60)
    assert queues.take(12) is None
    assert queues.next_turn() == 12.5
    assert queues.take(12.5) == "one"


def test_nothing_is_started_once_the_lease_has_run_out() -> None:
    queues = hosts()
    queues.add("a", "one")
    queues.granted({"a": 0}, 0, 60)
    assert queues.take(60) is None
    assert queues.next_turn() is None, "or its thread would spin"
    queues.kept({"a"}, 120)
    assert queues.take(61) == "one"


def test_what_was_lost_waits_for_its_host_again() -> None:
    queues = hosts(rate=0)
    for work in ("one", "two"):
        queues.add("a", work)
    queues.add("a", "three", suspect=True)
    queues.granted({"a": 0}, 0, 60)
    assert queues.take(0) == "one"
    queues.kept(set(), 120)
    assert queues.take(1) is None
    assert queues.waiting_for() == ["a"]
    queues.finished("a")
    queues.granted({"a": 0}, 2, 120)
    assert [queues.take(2), queues.take(2)] == ["two", "three"]


def test_an_idle_host_is_given_back_with_what_is_left_of_its_pause() -> None:
    queues = hosts(rate=0.1)
    queues.add("a", "one")
    queues.granted({"a": 0}, 0, 60)
    assert queues.take(0) == "one"
    assert queues.idle(1) == {}, "it is being asked"
    queues.finished("a")
    assert queues.idle(2) == {}, "perhaps more comes"
    assert queues.idle(3) == {"a": 7}
    queues.add("a", "two")
    assert queues.waiting_for() == ["a"]


def test_a_host_that_has_work_is_not_idle() -> None:
    queues = hosts(rate=0)
    queues.granted({"a": 0}, 0, 60)
    assert queues.idle(1) == {}
    queues.add("a", "one")
    assert queues.idle(2) == {}
    assert queues.take(2) == "one"


def test_everything_that_waits_can_be_taken_out() -> None:
    queues = hosts()
    queues.granted({"a": 0}, 0, 60)
    queues.add("a", "one")
    queues.add("b", "two")
    assert sorted(queues.drain()) == ["one", "two"]
    assert queues.waiting_for() == []


def test_what_is_stopped_while_it_is_at_work_gives_its_hosts_back() -> None:
    queues = hosts(rate=0.1)
    for work in ("one", "two"):
        queues.add("a", work)
    queues.granted({"a": 0}, 0, 60)
    assert queues.take(0) == "one"
    assert queues.drain() == ["two"]
    queues.idle(1)
    assert queues.idle(2) == {"a": 8}
