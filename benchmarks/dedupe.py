"""Link copies among items, as the service does, and tell how well and how fast.

python -m benchmarks.dedupe DATA.jsonl.gz [--pairs PAIRS.jsonl.gz] [--assignments OUT.jsonl]
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import time
from collections import Counter
from collections.abc import Hashable
from datetime import timedelta
from pathlib import Path
from typing import Any

from aggregator.stories.copies import Copies, Link
from benchmarks.labelled import Figures, Labelled, bcubed, pairwise, read

BATCH = 500


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="items; those with a dupgroup are labelled")
    parser.add_argument(
        "--pairs",
        type=Path,
        help="labelled pairs of these items: each is put to the service by itself, in whatever "
        "order they came and however far apart",
    )
    parser.add_argument(
        "--assignments",
        type=Path,
        help="write a line {id, copy_of} per item here: copy_of is the id of the first item that "
        "has this text, null for an item that is no copy",
    )
    options = parser.parse_args()
    data = read(options.data)
    started = time.process_time()
    links = linked(data)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(data.reports)} items, {len(links)} copies of {len(set(links.values()))}")
    print(f"{len(data.reports) / seconds:.0f} items/s of one core, peak {peak:.0f} MB")
    if any(group is not None for group in data.groups):
        _print_quality(data, links)
    if options.pairs:
        _print_pairs(data, options.pairs)
    if options.assignments:
        with options.assignments.open("w", encoding="utf-8") as file:
            for number, name in enumerate(data.ids):
                original = links.get(number)
                copy_of = None if original is None else data.ids[original]
                print(json.dumps({"id": name, "copy_of": copy_of}), file=file)


def linked(data: Labelled) -> dict[int, int]:
    """The original of each copy."""
    copies = Copies()
    links: list[Link] = []
    for start in range(0, len(data.reports), BATCH):
        links += copies.add(data.reports[start : start + BATCH])
    return {link.item: link.original for link in links}


def _print_quality(data: Labelled, links: dict[int, int]) -> None:
    """An item of no known group is a group of its own."""
    gold: list[Hashable] = [
        ("alone", number) if group is None else group for number, group in enumerate(data.groups)
    ]
    found = [links.get(number, number) for number in range(len(data.reports))]
    print(f"BCubed {bcubed(gold, found)}")
    print(f"pairs  {pairwise(gold, found)}")


def _print_pairs(data: Labelled, path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    number = {name: n for n, name in enumerate(data.ids)}
    made = [_are_copies(data, number[pair["a"]], number[pair["b"]]) for pair in pairs]
    counts = Counter((pair["label"], pair["kind"], yes) for pair, yes in zip(pairs, made, strict=True))
    right = sum(n for (label, _, yes), n in counts.items() if yes and label == "dup")
    wanted = sum(n for (label, _, _), n in counts.items() if label == "dup")
    print(f"labelled pairs {Figures(right / max(1, sum(made)), right / max(1, wanted))}")
    for kind in sorted({kind for label, kind, _ in counts if label != "dup"}):
        merged = sum(counts[label, kind, True] for label in ("nodup",))
        print(f"  {kind}: {merged} of {merged + counts['nodup', kind, False]} merged")


def _are_copies(data: Labelled, one: int, other: int) -> bool:
    """Whether two items are linked when there are no others."""
    pair: list[Any] = [data.reports[min(one, other)], data.reports[max(one, other)]]
    return bool(Copies(window=timedelta(days=36500)).add(pair))


if __name__ == "__main__":
    main()
