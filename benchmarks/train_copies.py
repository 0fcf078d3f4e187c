"""Learn when two reports of different sources are one text, and tell how well that went.

    python -m benchmarks.train_copies ITEMS.jsonl.gz PAIRS.jsonl.gz

Needs scikit-learn, which the service does not. Writes numbers only: ``copies.npz``.

The labelled pairs alone teach the wrong thing. Their negatives were chosen because they look alike,
their positives were not, so that among them a pair with nothing in common is nearly always a copy:
a forest that learns from them alone reaches F1 0.90 on such pairs and takes any two reports for
copies. So a score decides only where likeness is to be seen, more likeness never says less, and the
forest also learns from the pairs that the service itself would compare.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

import aggregator.stories
from aggregator.stories.lookup import Lookup
from aggregator.stories.pairs import Model
from aggregator.stories.same_text import FEATURES, LITTLE, compare, possible, shared
from aggregator.stories.verbatim import verbatim
from benchmarks.dedupe import linked
from benchmarks.labelled import Figures, Labelled, read
from benchmarks.train_stories import as_arrays

WINDOW = 3 * 24 * 3600
FOUND = 0.05
"""How much a pair counts that was found, where a labelled one counts 1."""

UNCLEAR = 0.6
"""Found pairs that look so much alike and are of no known group may be copies all the same."""

# The names of two reports also agree when they tell of one event in words of their own.
RISING = {"names": 0, "text_length": 0, "hours": -1}
"""Which way a score may go with a feature: up, but for these."""

FOLDS = 5
CUTS = (0.3, 0.4, 0.5, 0.6)
HERE = Path(aggregator.stories.__file__).parent
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs, one a row: its two items, features, the same as if there were no summaries,
    whether they are copies, what each counts, which texts its two ends are (items of one group are
    one text), and whether a score decides.
    """

    items: Array
    rows: Array
    bare: Array
    same: Array
    weights: Array
    texts: Array
    scored: Array

    def where(self, mask: Array) -> Pairs:
        """Some of them."""
        return Pairs(*(getattr(self, name)[mask] for name in self.__slots__))


class Corpus:
    """Items and what is known of them."""

    def __init__(self, data: Labelled) -> None:
        self.told = [verbatim(report) for report in data.reports]
        self.number = {name: n for n, name in enumerate(data.ids)}
        first: dict[Any, int] = {}
        self.text = [
            n if group is None else first.setdefault(group, n)
            for n, group in enumerate(data.groups)
        ]

    def compared(self, pairs: Sequence[tuple[int, int]], same: Sequence[bool]) -> Pairs:
        """The features of pairs of items."""
        told = [(self.told[a], self.told[b]) for a, b in pairs]
        return Pairs(
            np.array(pairs),
            np.array([compare(*pair) for pair in told], np.float32),
            np.array([compare(a.bare, b.bare) for a, b in told], np.float32),
            np.array(same, bool),
            np.ones(len(pairs)),
            np.array([(self.text[a], self.text[b]) for a, b in pairs]),
            np.array([possible(*pair) and shared(*pair) >= LITTLE for pair in told], bool),
        )

    def labelled(self, path: Path) -> Pairs:
        """The pairs of a file."""
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        pairs = [(self.number[row["a"]], self.number[row["b"]]) for row in rows]
        return self.compared(pairs, [row["label"] == "dup" for row in rows])

    def found(self) -> Pairs:
        """What the service would compare; copies are those of one group."""
        lookup, start = Lookup(), 0
        pairs: list[tuple[int, int]] = []
        for n, one in enumerate(self.told):
            while (one.report.at - self.told[start].report.at).total_seconds() > WINDOW:
                lookup.forget(start, self.told[start])
                start += 1
            pairs += [(n, item) for item in lookup.like(one)]
            lookup.add(n, one)
        made = self.compared(pairs, [self.text[a] == self.text[b] for a, b in pairs])
        return made.where(made.scored)


def bare(pairs: Pairs) -> Pairs:
    """The same pairs as if there were no summaries: many feeds have none. Those that then have
    nothing in common are never scored.
    """
    seen = replace(pairs, rows=pairs.bare)
    return seen.where(seen.rows[:, FEATURES.index("words")] >= LITTLE)


def to_learn(labelled: Pairs, found: Pairs) -> Pairs:
    """All that a forest is made from, each with what it counts."""
    alike = found.rows[:, [FEATURES.index(name) for name in ("title", "text")]].max(axis=1)
    clear = found.where(found.same | (alike < UNCLEAR))
    scored = labelled.where(labelled.scored)
    light = replace(clear, weights=clear.weights * FOUND)
    parts = [scored, light, bare(light)]
    return Pairs(*(np.concatenate([getattr(p, n) for p in parts]) for n in Pairs.__slots__))


def forest(pairs: Pairs) -> HistGradientBoostingClassifier:
    """Trees of three questions, as :class:`aggregator.stories.pairs.Model` asks them; more likeness
    never says less.
    """
    return HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.1, max_depth=3, max_leaf_nodes=8, min_samples_leaf=40,
        l2_regularization=5, early_stopping=False, random_state=0,
        monotonic_cst=[RISING.get(name, 1) for name in FEATURES],
    ).fit(pairs.rows, pairs.same, sample_weight=pairs.weights)  # fmt: skip


def scores(trees: HistGradientBoostingClassifier, pairs: Pairs) -> Array:
    """The probabilities; 0 where a score does not decide."""
    return np.asarray(trees.predict_proba(pairs.rows)[:, 1] * pairs.scored)


def cross_validate(data: Labelled, labelled: Pairs, found: Pairs) -> None:
    """Learn on four fifths of the time and judge on the rest; no text is in both. What is known of
    sources is learned anew each time, as all items come.
    """
    edges = np.quantile(labelled.texts.max(axis=1), np.linspace(0, 1, FOLDS + 1)[1:-1])
    fold = [np.digitize(pairs.texts.max(axis=1), edges) for pairs in (labelled, found)]
    judged, arrived = [], []
    for n in range(FOLDS):
        held = [p.where(f == n) for p, f in zip((labelled, found), fold, strict=True)]
        texts = np.concatenate([np.unique(p.texts) for p in held])
        rest = [p.where(~np.isin(p.texts, texts).any(axis=1)) for p in (labelled, found)]
        trees = forest(to_learn(*rest))
        judged.append([[_figures(scores(trees, p) >= cut, p.same) for p in held] for cut in CUTS])
        links = linked(data, Model(as_arrays(trees, "copies"), "copies"))
        ends = [[links.get(item, item) for item in pair] for pair in held[0].items.tolist()]
        arrived.append(_figures(np.array([a == b for a, b in ends]), held[0].same))
    for cut, folds in zip(CUTS, zip(*judged, strict=True), strict=True):
        for name, each in zip(("labelled", "found"), zip(*folds, strict=True), strict=True):
            _print(f"{cut:.1f} {name:9}", each)
    _print("labelled, as all items come: ", arrived)


def _print(name: str, folds: Sequence[Figures]) -> None:
    f1 = [figures.f1 for figures in folds]
    precision = np.mean([figures.precision for figures in folds])
    recall = np.mean([figures.recall for figures in folds])
    print(
        f"{name}precision {precision:.3f}  recall {recall:.3f}  "
        f"F1 of folds {np.mean(f1):.3f} +- {np.std(f1):.3f}"
    )


def _figures(made: Array, same: Array) -> Figures:
    right = float((made & same).sum())
    return Figures(right / max(1, made.sum()), right / max(1, same.sum()))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", type=Path)
    parser.add_argument("pairs", type=Path)
    options = parser.parse_args()
    data = read(options.items)
    corpus = Corpus(data)
    labelled, found = corpus.labelled(options.pairs), corpus.found()
    print(f"{len(labelled.same)} labelled pairs, {len(found.same)} found")
    cross_validate(data, labelled, found)
    numbers = as_arrays(forest(to_learn(labelled, found)), "copies")
    np.savez_compressed(HERE / "copies.npz", **numbers)


if __name__ == "__main__":
    main()
