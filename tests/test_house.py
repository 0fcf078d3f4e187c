"""The house's rules that no other tool checks."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
MODULES = [
    path for package in ("aggregator", "feeds") for path in sorted((ROOT / package).rglob("*.py"))
]
CLOCK_READERS = {"aggregator/cli/app.py"}


def trees() -> list[tuple[str, ast.Module, str]]:
    return [
        (str(path.relative_to(ROOT)), ast.parse(path.read_text()), path.read_text())
        for path in MODULES
    ]


def functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{name}:{node.name}", node)
        for name, tree, _ in trees()
        if "/migrations/" not in name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]


def test_modules_and_functions_stay_small() -> None:
    lengths = {name: text.count("\n") for name, _, text in trees()}
    assert {name: n for name, n in lengths.items() if n > 350} == {}
    assert median(lengths.values()) <= 110
    sizes = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in functions()}
    assert {name: n for name, n in sizes.items() if n > 60} == {}
    assert median(sizes.values()) <= 10


def test_only_composition_roots_read_the_clock() -> None:
    readers = {
        name
        for name, tree, _ in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today", "time", "sleep"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time"}
    }
    assert readers == CLOCK_READERS


# fetch: the one door. telling: the operator's mail server. web, measuring: where we listen.
CONNECTORS = {
    "aggregator/wire/fetch.py",
    "aggregator/jobs/telling.py",
    "aggregator/cli/web.py",
    "aggregator/cli/measuring.py",
}
CONNECTING = {
    *("socket", "create_connection", "create_server", "open_connection", "urlopen", "Curl"),
    *("HTTPConnection", "HTTPSConnection", "SMTP", "SMTP_SSL"),
}


def test_nobody_else_opens_a_connection() -> None:
    """One guard holds only what goes through it."""
    found = set()
    for name, tree, _ in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)):
                    if called in CONNECTING:
                        found.add(name)
    assert found <= CONNECTORS
    assert "aggregator/wire/fetch.py" in found


def test_what_is_public_is_documented() -> None:
    public = [(name, node) for name, node in functions() if not node.name.startswith("_")]
    missing = [name for name, node in public if ast.get_docstring(node) is None]
    assert len(missing) <= len(public) * 0.05, missing


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    assert [name for name, _, text in trees() if any(mark in text for mark in marks)] == []


def test_polling_loads_nothing_that_only_others_need() -> None:
    command = "import sys, aggregator.cli.poll; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], stdout=subprocess.PIPE, check=True)
    slow = {"alembic", "babel", "dateparser", "flask", "numpy", "rich", "tldextract"}
    assert slow.isdisjoint(done.stdout.decode().split())
