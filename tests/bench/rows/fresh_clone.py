"""`make run` on a fresh clone: until the first page, and how long it says nothing.

A clone of the last commit, with the packages in pip's cache: when they weren't, the second try
counts. The page is the form for the first account. Silence is the longest time between two lines.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.servers.app import app_environment
from tests.servers.ports import free_port
from tests.servers.processes import ROOT

MAX_SECONDS = 60
MAX_SILENCE = 10  # seconds
TRIES = 2


@dataclass(frozen=True, slots=True)
class Start:
    seconds: float
    silence: float
    lines: int


def measure(bench: Bench) -> list[Figure]:
    starts: list[Start] = []
    while len(starts) < TRIES and (not starts or starts[-1].seconds > MAX_SECONDS):
        starts.append(_start(bench.folder / f"clone-{len(starts)}"))
    best = min(starts, key=lambda start: start.seconds)
    return [
        Figure(
            name="Fresh clone until the first page",
            unit="s",
            ours=best.seconds,
            reach=MAX_SECONDS,
            statistic=f"best of {len(starts)}",
            samples=[start.seconds for start in starts],
        ),
        Figure(
            name="Longest silence of that",
            unit="s",
            ours=best.silence,
            reach=MAX_SILENCE,
            statistic=f"between {best.lines} lines",
        ),
    ]


def _start(folder: Path) -> Start:
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    port = free_port()
    settings = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    begin = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=app_environment(PORT=str(port)) | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return _follow(process, f"http://127.0.0.1:{port}", begin)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def _follow(process: "subprocess.Popen[str]", address: str, begin: float) -> Start:
    """Read what it prints until it has the address, and open that page."""
    assert process.stdout
    times, printed = [begin], []
    for line in process.stdout:
        times.append(time.monotonic())
        printed.append(line)
        if address in line:
            break
    else:
        raise RuntimeError("make run ended:\n" + "".join(printed))
    httpx.get(address, follow_redirects=True).raise_for_status()
    silences = [after - before for before, after in pairwise(times)]
    return Start(time.monotonic() - begin, max(silences), len(printed))
