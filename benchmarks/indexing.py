"""What full-text search costs: SQLite's index kept by a trigger on insert, or filled in batches.

``python -m benchmarks.indexing [--items 15000]`` prints milliseconds of CPU time an item, of the
insert and of filling the index after it.
"""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks.desk import Words

_BATCH = 500
_TABLES = (
    "PRAGMA journal_mode = WAL",
    "CREATE TABLE items (id INTEGER PRIMARY KEY, search TEXT)",
    "CREATE VIRTUAL TABLE item_words USING fts5(search, content='items', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
)
_TRIGGER = (
    "CREATE TRIGGER t AFTER INSERT ON items BEGIN"
    " INSERT INTO item_words (rowid, search) VALUES (new.id, new.search); END"
)
_FILL = (
    "INSERT INTO item_words (rowid, search) SELECT id, search FROM items WHERE id > ? AND id <= ?"
)


def measure(file: Path, texts: list[str], *, trigger: bool) -> tuple[float, float]:
    """Milliseconds an item that inserting takes, and filling the index where no trigger does."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in (*_TABLES, *([_TRIGGER] if trigger else [])):
            connection.execute(statement)
        began = process_time()
        for start in range(0, len(texts), _BATCH):
            rows = [(text,) for text in texts[start : start + _BATCH]]
            with connection:
                connection.executemany("INSERT INTO items (search) VALUES (?)", rows)
        inserted = process_time()
        for start in range(0, 0 if trigger else len(texts), _BATCH):
            with connection:
                connection.execute(_FILL, (start, start + _BATCH))
        filled = process_time()
    return ((inserted - began) / len(texts) * 1000, (filled - inserted) / len(texts) * 1000)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=15_000)
    words = Words()
    texts = [words.some(250) for _ in range(parser.parse_args().items)]
    print(f"{sum(map(len, texts)) / len(texts):.0f} characters an item")
    with TemporaryDirectory() as folder:
        for name, trigger in (("trigger", True), ("in batches", False)) * 2:
            file = Path(folder) / "words.db"
            insert, fill = measure(file, texts, trigger=trigger)
            file.unlink()
            print(f"{name:12} insert {insert:.3f} ms, fill {fill:.3f} ms")


if __name__ == "__main__":
    main()
