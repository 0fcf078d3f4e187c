"""From nothing to a brief in a reader, by the README: ``python -m benchmarks.newcomer [FOLDER]``.

A fresh Debian is put into a folder by debootstrap (as root), gets the packages that the README asks
for and the last commit, and follows the README's blocks in their order. Prints after how many
seconds each begins; the packages' downloads are in them, debootstrap is not.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.blocks import DOCUMENTS, ROOT, STAY, blocks, script

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = "/srv/certificates.crt"
SAY = 'say() { echo "=== $SECONDS s: $1"; }\n'
TO_INSTALL = "apt-get install -y -qq --no-install-recommends {} > /dev/null 2>&1\n"
"""Recommended packages are what a newcomer gets too, and need not wait for."""


def main() -> None:
    """Make the root and follow the README in it."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else mkdtemp(prefix="newcomer-"))
    subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(root)], check=True)
    place = root / "srv/aggregator"
    place.mkdir()
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(place)], input=archive, check=True)
    (root / "srv/walk.sh").write_text(walk())
    mounted = root / "proc"
    subprocess.run(["mount", "-t", "proc", "proc", str(mounted)], check=True)
    try:
        # In a group of processes of its own: whatever it started ends with it.
        command = ["unshare", "--pid", "--fork", "--kill-child", "chroot", str(root)]
        subprocess.run([*command, "bash", "/srv/walk.sh"], env=environment(root), check=True)
    finally:
        subprocess.run(["umount", str(mounted)], check=True)


def walk() -> str:
    """The README's blocks as one script."""
    lines = ["set -euo pipefail\ncd /srv/aggregator\n", SAY, "apt-get update -qq\n"]
    lines += [TO_INSTALL.format("python3 python3-venv make"), STAY]
    for block in blocks(DOCUMENTS["README.md"]):
        if block.kind == "sh" and not block.why_not:
            lines += [TO_INSTALL.format("newsboat")] if "newsboat" in block.text else []
            lines += [f"say {shlex.quote(block.text.splitlines()[0])}\n", script(block)]
    return "".join([*lines, "say end\n"])


def environment(root: Path) -> dict[str, str]:
    """Nothing of ours but how this machine reaches the packages' registries."""
    names = ("SSL_CERT_FILE", "PIP_CERT")
    found = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    for name in names:
        if name in os.environ:
            shutil.copy(os.environ[name], root / CERTIFICATES.lstrip("/"))
            found[name] = CERTIFICATES
    return found


if __name__ == "__main__":
    main()
