"""How well grouping does on events that it was not trained on.

    python -m benchmarks.validate_stories FOLDER [--no-encoder] [--whole-sets]

Each labelled set is cut in two by the time at which its events began; what is learned from one
part of every set (and from the auxiliary sets) groups the other. With ``--whole-sets`` each set is
grouped by what was learned from all the others: harder than what is asked, since no set is like
another.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.stories.encoder import SentenceEncoder
from aggregator.stories.grouping import Grouping
from aggregator.stories.pairs import FEATURES, Model
from benchmarks.labelled import Labelled, bcubed, pairwise, read
from benchmarks.train_stories import (
    SETS,
    SLUGS,
    Part,
    apart,
    as_arrays,
    forest,
    part_of,
    slug_pairs,
)

JUDGED = ("multi2023_dev", "allsides2021_dev", "g5w1h_dev", "fr_gnews2019_dev")
EVER = timedelta(days=36500)


class Remembering:
    """An encoder that encodes each text once."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Any] = {}

    def encode(self, texts: Sequence[str]) -> Any:
        """One row a text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.vstack([self._known[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Result:
    """What one grouping of a set gave."""

    set: str
    bcubed: float
    pairs: float
    across: float

    def __str__(self) -> str:
        across = f"  across languages {self.across:.3f}" if self.across else ""
        return f"{self.set:18} BCubed {self.bcubed:.3f}  pairs {self.pairs:.3f}{across}"


def halves(data: Labelled) -> tuple[Labelled, Labelled]:
    """The events that began first, and the others, with about as many reports."""
    began: dict[Any, datetime] = {}
    for report, cluster in zip(data.reports, data.clusters, strict=True):
        began.setdefault(cluster, report.at)
    order = sorted(range(len(data.reports)), key=lambda n: (began[data.clusters[n]], n))
    middle = len(order) // 2
    while middle < len(order) and data.clusters[order[middle]] == data.clusters[order[middle - 1]]:
        middle += 1
    early = {data.clusters[n] for n in order[:middle]}
    chosen = [n for n, cluster in enumerate(data.clusters) if cluster in early]
    others = [n for n, cluster in enumerate(data.clusters) if cluster not in early]
    return _only(data, chosen), _only(data, others)


def _only(data: Labelled, chosen: Sequence[int]) -> Labelled:
    return Labelled(
        [replace(data.reports[old], id=new) for new, old in enumerate(chosen)],
        [data.ids[n] for n in chosen],
        [data.clusters[n] for n in chosen],
        [data.groups[n] for n in chosen],
    )


def without(data: Labelled, judged: Labelled) -> Labelled:
    """The events of which no headline stands in a judged set."""
    titles = {report.title.casefold().strip() for report in judged.reports}
    shared = {
        cluster
        for report, cluster in zip(data.reports, data.clusters, strict=True)
        if report.title.casefold().strip() in titles
    }
    return _only(data, [n for n, cluster in enumerate(data.clusters) if cluster not in shared])


def grouped(name: str, data: Labelled, encoder: Remembering | None, scorer: Model) -> Result:
    """Group a set and compare with its labels."""
    grouping = Grouping(encoder, window=EVER, scorer=scorer)
    story = {placed.item: placed.story for placed in grouping.add(data.reports)}
    story |= {placed.item: placed.story for placed in grouping.repair()}
    found = [story[report.id] for report in data.reports]
    languages = [report.language for report in data.reports]
    across = pairwise(data.clusters, found, lambda a, b: languages[a] != languages[b])
    return Result(
        name,
        bcubed(data.clusters, found).f1,
        pairwise(data.clusters, found).f1,
        across.f1 if len(set(languages)) > 1 else 0.0,
    )


def learned(parts: Sequence[Part], *, meaning: bool) -> Model:
    """A model from some training parts."""
    rows = np.vstack([part.rows for part in parts])
    if not meaning:
        rows[:, FEATURES.index("meaning")] = 0
    same = np.concatenate([part.same for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    return Model(as_arrays(forest(rows, same, weights), "cv"), "cv")


def by_halves(
    sets: Mapping[str, Labelled], encoder: Remembering, *, meaning: bool, more: Sequence[Part]
) -> Iterator[Result]:
    """Each half of each judged set by what was learned from the other halves."""
    cut = {name: halves(sets[name]) for name in JUDGED}
    parts = {(name, n): part_of(name, cut[name][n], encoder) for name in JUDGED for n in (0, 1)}
    for n in (0, 1):
        scorer = learned([*more, *(parts[name, 1 - n] for name in JUDGED)], meaning=meaning)
        for name in JUDGED:
            yield grouped(name, cut[name][n], encoder if meaning else None, scorer)


def by_sets(
    sets: Mapping[str, Labelled], encoder: Remembering, *, meaning: bool, more: Sequence[Part]
) -> Iterator[Result]:
    """Each judged set by what was learned from the others."""
    parts = {name: part_of(name, sets[name], encoder) for name in JUDGED}
    for name in JUDGED:
        others = [part for other, part in parts.items() if other != name]
        scorer = learned([*more, *others], meaning=meaning)
        yield grouped(name, sets[name], encoder if meaning else None, scorer)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-encoder", action="store_true")
    parser.add_argument("--whole-sets", action="store_true")
    options = parser.parse_args()
    encoder = Remembering(SentenceEncoder())
    sets = {name: read(options.folder / f"{name}.jsonl.gz") for name in SETS}
    # Both are of one publisher, and the older one goes on until after the other begins.
    sets["allsides_neus_dev"] = without(sets["allsides_neus_dev"], sets["allsides2021_dev"])
    more = [part_of(name, sets[name], encoder) for name in SETS if name not in JUDGED]
    more.append(slug_pairs(options.folder / f"{SLUGS}.jsonl.gz", encoder))
    more.append(apart(options.folder, encoder))
    run = by_sets if options.whole_sets else by_halves
    results = list(run(sets, encoder, meaning=not options.no_encoder, more=more))
    for name in JUDGED:
        own = [result for result in results if result.set == name]
        mean = [
            float(np.mean([getattr(r, key) for r in own])) for key in ("bcubed", "pairs", "across")
        ]
        print(Result(name, *mean))


if __name__ == "__main__":
    main()
