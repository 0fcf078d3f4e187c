"""Plots as SVG, drawn here: nothing has to run in the browser (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from aggregator.domain import Size

_BAR, _TALL = 4, 24
_WIDE, _HIGH = 640, 160


def sparkline(counts: Sequence[int], label: str) -> Markup:
    """A bar a day; ``label`` says in words what it shows."""
    most = max([*counts, 1])
    bars = Markup().join(
        Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
            place * _BAR, _TALL - tall, _BAR - 1, tall
        )
        for place, count in enumerate(counts)
        if (tall := round(count / most * (_TALL - 1)) + (count > 0))
    )
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMax meet" role="img" '
        'aria-label="{}">'
        '<title>{}</title><path d="M0 {}.5H{}"/>{}</svg>'
    ).format(len(counts) * _BAR, _TALL + 1, label, label, _TALL, len(counts) * _BAR, bars)


def growth(sizes: Sequence[Size]) -> Markup:
    """How the database grew, by day; nothing before there are two days."""
    if len(sizes) < 2:
        return Markup()
    days = (sizes[-1].day - sizes[0].day).days
    most = max(size.bytes for size in sizes)
    points = [
        (
            round((size.day - sizes[0].day).days / days * _WIDE, 1),
            round(_HIGH - size.bytes / most * (_HIGH - 10), 1),
        )
        for size in sizes
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    label = (
        f"From {in_bytes(sizes[0].bytes)} on {sizes[0].day:%d %b %Y} "
        f"to {in_bytes(sizes[-1].bytes)} on {sizes[-1].day:%d %b %Y}"
    )
    return Markup(
        '<svg class="growth" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        '<title>{label}</title><polygon points="0,{h} {line} {w},{h}"/>'
        '<polyline points="{line}"/></svg><p class="quiet">{label}</p>'
    ).format(w=_WIDE, h=_HIGH, label=label, line=line)


def in_bytes(count: int) -> str:
    """``640 KiB``, ``3.2 GiB``."""
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
