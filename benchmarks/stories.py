"""Group labelled items into stories, as the service does, and tell how well and how fast.

python -m benchmarks.stories DATA.jsonl.gz [--assignments OUT.jsonl] [--no-encoder]
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from datetime import timedelta
from pathlib import Path

from aggregator.stories.encoder import Encoder, load_encoder
from aggregator.stories.grouping import Grouping
from benchmarks.labelled import Labelled, bcubed, pairwise, read

BATCH = 500


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--assignments", type=Path, help="write a line {id, story} per item here")
    parser.add_argument(
        "--no-encoder", action="store_true", help="as without the extra multilingual"
    )
    parser.add_argument(
        "--window",
        type=float,
        metavar="DAYS",
        help="how long a story stays open (the service: 7). By default 7 for data without labels; "
        "labelled events come back after months, so nothing is closed there",
    )
    options = parser.parse_args()
    data = read(options.data)
    is_labelled = any(cluster is not None for cluster in data.clusters)
    days = options.window or (36500 if is_labelled else 7)
    encoder = None if options.no_encoder else load_encoder()
    print(f"{len(data.reports)} items, {'with' if encoder else 'without'} encoder, {days:g} days")
    started = time.process_time()
    grouping = Grouping(encoder, window=timedelta(days=days))
    story: dict[int, int] = {}
    for start in range(0, len(data.reports), BATCH):
        for placement in grouping.add(data.reports[start : start + BATCH]):
            story[placement.item] = placement.story
    story |= {placement.item: placement.story for placement in grouping.repair()}
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(data.reports) / seconds:.0f} items/s of one core, peak {peak:.0f} MB")
    restored = _restored(grouping, encoder, days)
    print(f"{len(set(story.values()))} stories; restored in {restored:.1f} s")
    found = [story[report.id] for report in data.reports]
    if is_labelled:
        _print_quality(data, found)
    if options.assignments:
        with options.assignments.open("w", encoding="utf-8") as file:
            for name, number in zip(data.ids, found, strict=True):
                print(json.dumps({"id": name, "story": number}), file=file)


def _restored(grouping: Grouping, encoder: Encoder | None, days: float) -> float:
    """How long it takes to go on from what a store keeps."""
    kept = [grouping.kept(item) for item in grouping.open_items()]
    started = time.process_time()
    Grouping(encoder, window=timedelta(days=days), state=grouping.state).restore(kept)
    return time.process_time() - started


def _print_quality(data: Labelled, found: list[int]) -> None:
    languages = [report.language for report in data.reports]
    print(f"BCubed          {bcubed(data.clusters, found)}")
    print(f"pairs           {pairwise(data.clusters, found)}")
    if len(set(languages)) > 1:
        across = pairwise(data.clusters, found, lambda a, b: languages[a] != languages[b])
        print(f"across language {across}")


if __name__ == "__main__":
    main()
