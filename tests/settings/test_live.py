"""A running service's settings follow their files, or stay what they are and say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.settings import SITE, SOURCES, Settings, load
from aggregator.settings.live import LiveSettings
from tests.build import NOW

ONE = "sources:\n  - {id: a, name: A, url: https://a.example/}\n"
TWO = ONE + "  - {id: b, name: B, url: https://b.example/}\n"


class House:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.put(SOURCES, ONE)
        self.put(SITE, "title: One\n")
        self.applied: list[Settings] = []
        self.busy = False
        self.live = LiveSettings(load(folder, {}), {}, lambda: NOW)
        self.live.on_change(self.apply)

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def apply(self, settings: Settings) -> None:
        if self.busy:
            raise StoreError("busy")
        self.applied.append(settings)

    @property
    def ids(self) -> list[str]:
        return [source.id for source in self.live.settings.sources]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_change_counts_when_it_is_there_at_two_looks(house: House) -> None:
    assert not house.live.look()
    house.put(SOURCES, TWO)
    assert [house.live.look(), house.live.look(), house.live.look()] == [False, True, False]
    assert house.ids == ["a", "b"]
    assert house.applied == [house.live.settings]


def test_what_is_still_being_written_is_waited_for(house: House) -> None:
    for text in (TWO[:30], TWO[:70], TWO):
        house.put(SOURCES, text)
        assert not house.live.look()
    assert house.live.look()
    assert house.live.state.problems == ()


def test_what_is_wrong_is_refused_and_said(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.put(SOURCES, TWO + "  - x\n")
    assert [house.live.look(), house.live.look()] == [False, False]
    assert house.ids == ["a"]
    path = house.folder / SOURCES
    problem = f"{path}:4: each source has keys such as id, name and url, not text"
    assert house.live.state.problems == (problem,)
    assert house.live.state.refused_at == NOW
    said = f"config refused, the one before goes on: {problem}"
    assert caplog.messages.count(said) == 1
    house.live.look()
    assert caplog.messages.count(said) == 1, "once, not at every look"
    house.put(SOURCES, TWO + "  - x\n")
    assert [house.live.look(), house.live.look()] == [False, False]
    assert caplog.messages.count(said) == 1, "nor when the same is written again"
    assert house.live.state.problems == (problem,)
    house.put(SOURCES, ONE)
    house.live.look()
    assert not house.live.look()
    assert house.live.state.refused_at is None


def test_a_file_that_is_gone_is_refused_too(house: House) -> None:
    (house.folder / SOURCES).unlink()
    house.live.look(at_once=True)
    assert "there is no such file" in house.live.state.problems[0]
    assert house.ids == ["a"]


def test_touching_a_file_applies_nothing(house: House) -> None:
    house.put(SOURCES, ONE)
    assert [house.live.look(), house.live.look()] == [False, False]
    assert house.applied == []


def test_what_is_built_in_at_the_start_waits_for_a_restart(house: House) -> None:
    house.put(SITE, "title: Two\nhost_rate: 5\n")
    assert house.live.look(at_once=True)
    assert (house.live.settings.title, house.live.settings.host_rate) == ("Two", 1)
    assert house.live.state.waiting == ("host_rate",)
    house.put(SITE, "title: Two\n")
    house.live.look(at_once=True)
    assert house.live.state.waiting == ()


def test_a_busy_database_is_tried_again(house: House) -> None:
    house.put(SOURCES, TWO)
    house.busy = True
    assert not house.live.look(at_once=True)
    assert house.ids == ["a"]
    house.busy = False
    assert house.live.look()
    assert house.ids == ["a", "b"]
