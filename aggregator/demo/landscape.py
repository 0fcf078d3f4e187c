"""Pictures for the demo: landscapes, drawn from a number (pure)."""

from __future__ import annotations

import zlib
from functools import cache
from struct import pack

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 800
_RIDGES = 6


@cache
def landscape(seed: int) -> bytes:
    """Hills one behind the other under a sky, as a PNG."""
    random = np.random.default_rng(seed)
    colour = random.uniform(60, 170, 3)
    down = np.linspace(0, 1, HEIGHT)[:, None, None]
    pixels = np.broadcast_to(colour + 85 * down, (HEIGHT, WIDTH, 3)).copy()
    across, rows = np.linspace(0, 1, WIDTH), np.arange(HEIGHT)[:, None]
    for ridge in range(_RIDGES):
        waves = sum(
            random.uniform(0.2, 1) / n * np.sin(2 * np.pi * (n * across + random.uniform(0, 1)))
            for n in range(1, 9)
        )
        top = HEIGHT * (0.42 + 0.09 * ridge + 0.045 * waves)
        pixels[rows >= top] = colour * (0.95 - 0.13 * ridge)
    return _png(pixels.clip(0, 255).astype(np.uint8))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    height, width, _ = pixels.shape
    # Each row begins with the number of its filter: none.
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
