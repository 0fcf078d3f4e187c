"""Which addresses may be reached, and whose turn it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.wire.guard import Guard
from aggregator.wire.hosts import HostQueues


@pytest.mark.parametrize(
    "ip", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_permitted(ip: str) -> None:
    assert Guard().permits(ip, 443)


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.1.1", "169.254.169.254",
        "172.16.0.1", "192.0.2.1", "192.168.1.1", "192.88.99.1", "198.18.0.1", "224.0.0.1",
        "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fc00::1", "fe80::1",
        "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_everything_else_is_not(ip: str) -> None:
    assert not Guard().permits(ip, 80)


def test_a_network_opens_itself_and_an_endpoint_one_port() -> None:
    guard = Guard.allowing(["10.1.0.0/16", "127.0.0.1:8099", "[::1]:8099"])
    assert guard.permits("10.1.2.3", 1)
    assert guard.permits("127.0.0.1", 8099)
    assert guard.permits("::ffff:127.0.0.1", 8099)
    assert guard.permits("::1", 8099)
    for ip, port in (("10.2.0.1", 80), ("127.0.0.1", 8098), ("127.0.0.2", 8099), ("::1", 8098)):
        assert not guard.permits(ip, port)


@pytest.mark.parametrize(
    "text", ["", "localhost", "localhost:80", "10.0.0.1/99", "127.0.0.1:0", "x.y:1"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a network"):
        Guard.allowing([text])


def test_at_most_so_many_at_once_and_so_often() -> None:
    queues: HostQueues[str] = HostQueues(connections=2, rate=1.0)
    for work in "abc":
        queues.add("h", work)
    assert queues.take(0.0) == "a"
    assert queues.take(0.5) is None
    assert queues.next_turn() == 1.0
    assert queues.take(1.0) == "b"
    assert queues.take(9.0) is None, "two are active"
    queues.finished("h")
    assert queues.take(9.0) == "c"


def test_hosts_do_not_wait_for_each_other() -> None:
    queues: HostQueues[str] = HostQueues(connections=1, rate=0)
    for number in range(20):
        queues.add("slow", f"s{number}")
    queues.add("quick", "q")
    assert [queues.take(0.0), queues.take(0.0), queues.take(0.0)] == ["s0", "q", None]


def test_a_host_that_wants_to_be_asked_less_often_is_waited_for_from_then_on() -> None:
    queues: HostQueues[str] = HostQueues(connections=2, rate=1.0)
    for work in "abc":
        queues.add("h", work)
    assert queues.take(0.0) == "a"
    queues.space("h", 10, 0.5)
    assert queues.take(1.0) is None
    assert queues.next_turn() == 10.5
    assert queues.take(10.5) == "b"
    queues.finished("h")
    queues.space("h", 0, 11)
    assert queues.take(20) is None, "its turn was set before"
    assert queues.take(20.5) == "c"
    queues.add("h", "d")
    queues.finished("h")
    assert [queues.take(21), queues.take(21.5)] == [None, "d"], "never closer than the rate allows"


def test_draining_gives_back_what_waits() -> None:
    queues: HostQueues[str] = HostQueues(connections=1, rate=0)
    for work in "abc":
        queues.add("h", work)
    queues.take(0.0)
    assert queues.drain() == ["b", "c"]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=60),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.5, 2.0]),
)
def test_no_order_of_events_breaks_the_limits(events, connections, rate) -> None:
    queues: HostQueues[tuple[str, int]] = HostQueues(connections, rate)
    active: dict[str, int] = {"a": 0, "b": 0}
    last_start: dict[str, float] = {}
    taken = []
    for now, (host, finish) in enumerate(events):
        queues.add(host, (host, now))
        if finish and active[host]:
            active[host] -= 1
            queues.finished(host)
        while (work := queues.take(now)) is not None:
            name = work[0]
            active[name] += 1
            assert active[name] <= connections
            if rate and name in last_start:
                assert now - last_start[name] >= 1 / rate
            last_start[name] = now
            taken.append(work)
    assert len(set(taken)) == len(taken)
    for name in "ab":
        numbers = [number for host, number in taken if host == name]
        assert numbers == sorted(numbers)
