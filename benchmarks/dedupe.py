"""Link copies among items, as the service does, and tell how well and how fast.

python -m benchmarks.dedupe DATA.jsonl.gz [--pairs PAIRS.jsonl.gz] [--assignments OUT.jsonl]
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from aggregator.domain import Link
from aggregator.stories.copies import Copies
from aggregator.stories.pairs import Model
from benchmarks.labelled import Figures, Labelled, bcubed, pairwise, read

BATCH = 500

Told = tuple[Figures, dict[str, float]]
"""How well pairs are told apart, and the share of each kind of those that are no copies which is
taken for copies.
"""


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="items; those with a dupgroup are labelled")
    parser.add_argument(
        "--pairs",
        type=Path,
        help="labelled pairs of these items: whether they are one text when all items have come; "
        "and each put to the service by itself, in whatever order they came and however far apart",
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
        _print_pairs("labelled pairs, as they arrive", arrived(data, options.pairs, links))
        _print_pairs("labelled pairs, by themselves", judged(data, options.pairs))
    if options.assignments:
        with options.assignments.open("w", encoding="utf-8") as file:
            for number, name in enumerate(data.ids):
                original = links.get(number)
                copy_of = None if original is None else data.ids[original]
                print(json.dumps({"id": name, "copy_of": copy_of}), file=file)


def linked(data: Labelled, scorer: Model | None = None) -> dict[int, int]:
    """The original of each copy."""
    copies = Copies(scorer=scorer)
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


def _print_pairs(name: str, told: Told) -> None:
    figures, merged = told
    print(f"{name} {figures}")
    for kind, share in sorted(merged.items()):
        print(f"  merged of {kind}: {share:.1%}")


def judged(data: Labelled, path: Path) -> Told:
    """How well the pairs of a file are told apart, each put to the service by itself."""
    return _told(data, path, lambda one, other: _are_copies(data, one, other))


def arrived(data: Labelled, path: Path, links: Mapping[int, int]) -> Told:
    """How well the pairs of a file are told apart by the links that were made as all items came."""
    return _told(data, path, lambda a, b: links.get(a, a) == links.get(b, b))


def _told(data: Labelled, path: Path, are_one: Callable[[int, int], bool]) -> Told:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    number = {name: n for n, name in enumerate(data.ids)}
    made = [are_one(number[pair["a"]], number[pair["b"]]) for pair in pairs]
    same = [pair["label"] == "dup" for pair in pairs]
    right = sum(a and b for a, b in zip(same, made, strict=True))
    others: defaultdict[str, list[bool]] = defaultdict(list)
    for pair, is_same, yes in zip(pairs, same, made, strict=True):
        if not is_same:
            others[pair["kind"]].append(yes)
    merged = {kind: sum(each) / len(each) for kind, each in others.items()}
    return Figures(right / max(1, sum(made)), right / max(1, sum(same))), merged


def _are_copies(data: Labelled, one: int, other: int) -> bool:
    """Whether two items are linked when there are no others."""
    pair: list[Any] = [data.reports[min(one, other)], data.reports[max(one, other)]]
    return bool(Copies(window=timedelta(days=36500)).add(pair))


if __name__ == "__main__":
    main()
