"""The space that the packages of `requirements.txt` take on the disk."""

import re
from importlib import metadata
from pathlib import Path

from tests.servers.processes import ROOT

PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==", re.MULTILINE)
BLOCK_BYTES = 512  # in which a file system counts
MEGABYTE = 1024**2


def installed_mb() -> dict[str, float]:
    """Return MB by package, compiled files included. Packages of other platforms are left out."""
    names = PIN.findall((ROOT / "requirements.txt").read_text())
    sizes = {}
    for name in names:
        try:
            files = metadata.distribution(name).files or []
        except metadata.PackageNotFoundError:
            continue
        paths = {Path(str(file.locate())) for file in files}
        blocks = sum(path.stat().st_blocks for path in paths if path.exists())
        sizes[name] = blocks * BLOCK_BYTES / MEGABYTE
    return sizes
