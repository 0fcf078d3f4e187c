"""Run one target: ``python -m tests.fuzz TARGET [--runs N] [--seconds S] [--seed N]``.

What is learnt (inputs that reach more) is kept under ``var/fuzz`` and begun with the next time; an
input that fails is left there as well, and named.
"""

from __future__ import annotations

import argparse
import sys
from hashlib import sha256
from pathlib import Path

import atheris

# What is all in C, or large and only passed through, would make the start slow and teach nothing.
with atheris.instrument_imports(include=["aggregator", "feedparser", "markdown_it", "ruamel"]):
    from tests.fuzz.seeds import SMALL, WORDS, seeds
    from tests.fuzz.targets import TARGETS


def quoted(word: str) -> str:
    """A line of libFuzzer's dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'


parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
parser.add_argument("target", choices=sorted(TARGETS))
parser.add_argument("--runs", type=int, default=1_000_000, help="how many inputs")
parser.add_argument("--seconds", type=int, default=0, help="at most; 0: as long as it takes")
parser.add_argument(
    "--seed", type=int, default=0, help="the same inputs again; 0: others each time"
)
parser.add_argument("--folder", type=Path, default=Path("var") / "fuzz")
options = parser.parse_args()

folder = options.folder / options.target
begun = folder / "seeds"
learnt = folder / "corpus"
for made in (begun, learnt):
    made.mkdir(parents=True, exist_ok=True)
for seed in seeds(options.target):
    (begun / sha256(seed).hexdigest()[:16]).write_bytes(seed)
words = folder / "words"
words.write_text("".join(map(quoted, WORDS[options.target])))

# Seconds and MiB for one input; on a busy machine a child may wait long for its turn.
TIMEOUT, MEMORY = 300, 2048
atheris.Setup(
    [
        sys.argv[0],
        f"-runs={options.runs}",
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
        f"-max_len={SMALL + 2}",
        f"-timeout={TIMEOUT}",
        f"-rss_limit_mb={MEMORY}",
        f"-dict={words}",
        f"-artifact_prefix={folder}/failed-",
        "-print_final_stats=1",
        str(learnt),
        str(begun),
    ],
    TARGETS[options.target],
)
atheris.Fuzz()
