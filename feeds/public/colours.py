"""Colours that can be read (pure): contrast as WCAG 2.2 has it, in sRGB as ``#rrggbb``."""

from __future__ import annotations

LEAST = 4.5
"""The contrast that text needs (success criterion 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, paper: str) -> str:
    """The colour, mixed with as much black or white as text of it needs on this paper."""
    toward = 0 if _luminance(paper) > 0.18 else 255
    for step in range(101):
        mixed = _mixed(colour, toward, step / 100)
        if contrast(mixed, paper) >= LEAST:
            return mixed
    return colour


def _mixed(colour: str, toward: int, share: float) -> str:
    return "#" + "".join(f"{round(part + (toward - part) * share):02x}" for part in _parts(colour))


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (part / 255 for part in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
