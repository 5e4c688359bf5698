"""Read what processes use from Linux's own account of them."""

import math
import os
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

TICK = os.sysconf("SC_CLK_TCK")  # ticks a second
SAMPLE_EVERY = 0.25  # seconds
IDLE_SHARE = 0.05  # of a core
IDLE_EVERY = 1.0  # seconds
IDLE_PATIENCE = 20.0  # seconds


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all its threads, in user and kernel mode, without its children."""
    # The name in parentheses may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def thread_seconds(pid: int) -> float:
    """Return the CPU time of a process of one thread, by the scheduler's clock, not in ticks."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def tree_seconds(pid: int) -> float:
    """Return the CPU time of a process and all below it, also of those that have ended."""
    total = 0.0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def busy_seconds(core: int) -> float:
    """Return how long a core did anything at all, or was taken away from this machine."""
    lines = Path("/proc/stat").read_text().splitlines()
    ticks = next(line.split()[1:] for line in lines if line.startswith(f"cpu{core} "))
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, ticks[:8])
    return (user + nice + system + irq + softirq + steal) / TICK


def wait_until_idle(*pids: int) -> None:
    """Return when processes have next to nothing left to do, or keep on for IDLE_PATIENCE."""
    deadline, used = time.monotonic() + IDLE_PATIENCE, math.inf
    while used > IDLE_SHARE * IDLE_EVERY and time.monotonic() < deadline:
        begin = sum(map(cpu_seconds, pids))
        time.sleep(IDLE_EVERY)
        used = sum(map(cpu_seconds, pids)) - begin


def resident_mb(pid: int) -> float:
    return _memory_mb(pid, "VmRSS")


def peak_mb(pid: int) -> float:
    """Return the most that was resident since `forget_peak`, for however short a time."""
    return _memory_mb(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def children_mb(pid: int) -> float:
    """Return what all processes below this one have resident together."""
    total = 0
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            total += child.memory_info().rss
    return total / 1024**2


def _memory_mb(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith(f"{name}:")) / 1024


class Usage:
    """Take samples of several processes and keep them in order."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._times: list[float] = []  # seconds of CLOCK_MONOTONIC
        self._cpu: list[float] = []  # seconds, of all together
        self.peak_mb = 0.0  # of the largest one

    def look(self) -> None:
        self._times.append(time.monotonic())
        self._cpu.append(sum(map(cpu_seconds, self._pids)))
        self.peak_mb = max([self.peak_mb, *map(resident_mb, self._pids)])

    @property
    def cpu(self) -> float:
        """Return the seconds of CPU from the first sample to the last."""
        return self._cpu[-1] - self._cpu[0]

    def cpu_within(self, begin: float, end: float) -> tuple[float, float, float]:
        """Return seconds of CPU, and the times of the two samples between which they were used."""
        first, last = bisect_left(self._times, begin), bisect_right(self._times, end) - 1
        return self._cpu[last] - self._cpu[first], self._times[first], self._times[last]


@contextmanager
def watched(*pids: int) -> Iterator[Usage]:
    """Look at processes for as long as the block runs."""
    usage, over = Usage(pids), threading.Event()
    usage.look()

    def look() -> None:
        while not over.wait(SAMPLE_EVERY):
            usage.look()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield usage
    finally:
        over.set()
        looking.join()
        usage.look()
