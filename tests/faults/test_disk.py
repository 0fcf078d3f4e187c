"""A real disk that is full, or may not be written: mounted where only the program sees it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Install, unavailable
from tests.faults.serving import Service
from tests.faults.victim import Victim
from tests.origin import Origin

Tool = Callable[[str], str]

pytestmark = pytest.mark.sqlite("the disk that its file is on")


@pytest.fixture
def mounted(tool: Tool) -> Callable[[str], list[str]]:
    """The command under which others have a shell's mounts for themselves."""
    unshare = tool("unshare")
    allowed = subprocess.run([unshare, "-m", "mount", "-t", "tmpfs", "none", "/mnt"], check=False)
    if allowed.returncode:
        unavailable("nothing can be mounted here: that takes root")
    return lambda shell: [unshare, "-m", "sh", "-ec", f'{shell}\nexec "$@"', "sh"]


@pytest.fixture
def victim(origin: Origin, install: Install) -> Victim:
    return Victim(install(allow="127.0.0.0/8"), origin, hour=12, interval="1s")


@pytest.fixture
def on_a_small_disk(victim: Victim, mounted: Callable[[str], list[str]]) -> Iterator[Service]:
    """The service with var/ on a disk of its own, on which only some room is left."""
    room = victim.database.stat().st_size // 1024 + 400
    shell = (
        f"cp -a var old && mount -t tmpfs -o size={room}k none var && cp -a old/. var/ && rm -r old"
    )
    running = Service(victim, mounted(shell))
    try:
        running.wait_for("paper-0 7")
        yield running
    finally:
        running.kill()


def within(service: Service, tool: Tool, *command: str) -> str:
    """Run a command that sees the service's mounts."""
    enter = [tool("nsenter"), "-t", str(service.process.pid), "-m", *command]
    return subprocess.run(enter, check=True, capture_output=True, text=True).stdout


def test_a_disk_that_fills_and_is_grown(
    victim: Victim, on_a_small_disk: Service, tool: Tool
) -> None:
    service, var = on_a_small_disk, str(victim.database.parent)
    for newest in range(1, 60):
        victim.show(newest)
        if not service.shows(f"paper-0 {newest + 7}", 5):
            break
    free = within(service, tool, "df", "-k", "--output=avail", var)
    assert int(free.split()[-1]) < 40, "it is full"
    health = json.loads(service.get("/health")[1])
    assert (health["status"], "MiB are free" in str(health["problems"])) == ("degraded", True)
    assert service.get("/feed.atom")[0] == 200
    within(service, tool, "mount", "-o", "remount,size=64m", var)
    service.wait_for(f"paper-0 {newest + 7}")
    within(service, tool, "cp", "-a", var, f"{var}-after")
    log = service.stop()
    assert "disk is full" in log or "could not be recorded" in log
    assert victim.complaints(Path(f"{var}-after") / victim.database.name) == []


def test_a_disk_that_may_not_be_written(
    victim: Victim, mounted: Callable[[str], list[str]]
) -> None:
    assert victim.poll().returncode == 0
    victim.show(2)
    done = victim.poll(*mounted("mount --bind var var && mount -o remount,bind,ro var"))
    assert done.returncode == 2
    assert "unable to open database file" in done.stderr
    victim.recover()
