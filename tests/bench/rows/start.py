"""A start on existing data until the server prints its address.

`manage.py serve --local` with static files already built, with its demo model, from the start of
the process to the printed address.
"""

import time
from statistics import median

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.system.app import running_app

STARTS = 5


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "start"
    folder.mkdir()
    seconds = []
    with running_app(folder) as app:
        for _ in range(STARTS):
            app.stop()
            begin = time.perf_counter()
            app.start()
            seconds.append(time.perf_counter() - begin)
    return [
        Figure(
            name="Start on existing data",
            unit="s",
            ours=median(seconds),
            reach=3,
            statistic=f"median of {STARTS}",
            samples=seconds,
        )
    ]
