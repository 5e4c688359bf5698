"""No text makes the renderer abort, raise, or hold everybody up.

A Rust panic in the engine would end the app's process, so mutated texts are rendered in another.
`make fuzz` tries many more. To render one again: `python -m tests.rendering.fuzz NUMBER 1`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

IS_LONG = "FUZZ_MARKDOWN" in os.environ
COUNT = int(os.environ.get("FUZZ_MARKDOWN", "400"))
FIRST = int(os.environ.get("FUZZ_SEED", "0"))
PROCESSES = 2 if IS_LONG else 1


@pytest.mark.timeout(24 * 3600 if IS_LONG else 60)
def test_mutated_markdown_ends_no_process_and_costs_little(tmp_path: Path) -> None:
    share = COUNT // PROCESSES
    logs = [tmp_path / str(number) for number in range(PROCESSES)]
    processes = [start(FIRST + place * share, share, log) for place, log in enumerate(logs)]
    for process, log in zip(processes, logs, strict=True):
        _, errors = process.communicate()
        assert process.returncode == 0, f"at input {log.read_text().split()[-1:]}: {errors}"


def start(first: int, count: int, log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.rendering.fuzz", str(first), str(count)]
    with log.open("w") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True)
