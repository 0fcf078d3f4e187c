"""Average-linkage clustering of a few reports (pure)."""

from __future__ import annotations

from typing import Any

import numpy as np

NEVER = -1e6
"""The similarity of two that an editor parted: no average with it reaches any cut."""


def average_linkage(similarity: np.ndarray[Any, Any], cut: float) -> list[list[int]]:
    """Merge the two groups that are most alike on average (UPGMA, Sokal and Michener 1958) until
    none reach ``cut``.

    ``similarity`` is symmetric; of equal pairs the first one is merged. Returns the groups' row
    numbers, each sorted, in the order of their first.
    """
    size = len(similarity)
    between = similarity.astype(np.float64)
    np.fill_diagonal(between, np.inf)
    if between.min() >= cut:
        return [list(range(size))]
    np.fill_diagonal(between, -np.inf)
    groups: dict[int, list[int]] = {n: [n] for n in range(size)}
    while len(groups) > 1:
        one, other = divmod(int(between.argmax()), size)
        if between[one, other] < cut:
            break
        ours, theirs = len(groups[one]), len(groups[other])
        merged = (ours * between[one] + theirs * between[other]) / (ours + theirs)
        between[one, :] = between[:, one] = merged
        between[one, one] = -np.inf
        between[other, :] = between[:, other] = -np.inf
        groups[one] += groups.pop(other)
    return sorted(sorted(group) for group in groups.values())
