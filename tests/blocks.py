"""The project's documents, the blocks in them, and these as a shell runs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
        *sorted((ROOT / "docs").glob("*.md")),
    )
}

FENCE = re.compile(
    r"(?:^ *<!-- not run: (?P<why>[^>]+) -->\n)?"
    r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)

STAYS = re.compile(r"^(make (?:run|demo)|(?:\S*/)?aggregator (?:run|serve|schedule|worker)\b.*)$")
TYPED = {
    "users add": "four words at sea\n",
    # Title, address, time zone, language, contact, no source, an account, its password.
    "aggregator init\n": "Our news\n\n\n\n\n\nolga\nfour words at sea\n",
    "--operator anna": "four words at sea\n",
}
"""What a person would type, by what the block has in it."""

STAY = """
ANSWERS='
import sys, urllib.request
feed = urllib.request.urlopen("http://127.0.0.1:8000/feed.atom").read()
sys.exit(sys.argv[1].encode() not in feed)
'
service=
stay() {
  { set +x; } 2> /dev/null
  if [ -n "$service" ]; then kill "$service"; wait "$service" || true; fi
  "$@" < /dev/null >> service.log 2>&1 &
  service=$!
  if [ "$*" = "make demo" ]; then there urn:uuid:; else there "<feed"; fi
  set -x
}
there() {
  until python3 -c "$ANSWERS" "$1" 2> /dev/null; do
    kill -0 "$service" || { cat service.log; exit 1; }
    sleep 0.2
  done
}
"""
"""Functions that begin what stays up, and wait until there is what a person finds after some seconds:
a feed, from the demo the first brief in it, and what was published.
"""
HEADLINE = "The story that all papers have"


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    kind: str
    text: str
    why_not: str | None


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a document, without the indentation of a list that they are in."""
    return [
        Block(
            found["kind"],
            re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE),
            found["why"],
        )
        for found in FENCE.finditer(text)
    ]


def script(block: Block) -> str:
    """A block for a shell that goes on with the next, given what a person would type."""
    typed = next((said for part, said in TYPED.items() if part in block.text), "")
    lines = "\n".join(STAYS.sub(r"stay \1", line) for line in block.text.splitlines())
    lines += f"\nthere '{HEADLINE}'" if "briefs publish" in block.text else ""
    return f"{{\nset -x\n{lines}\n{{ set +x; }} 2> /dev/null\n}} <<'TYPED'\n{typed}TYPED\n"
