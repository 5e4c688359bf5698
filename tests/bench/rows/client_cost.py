"""CPU of the client per streamed chunk.

200 streams of 50 chunks a second at once, read by a process of its own: by our client, by plain
httpx and by a bare asyncio protocol. All three read JSON and end with the text; each is counted
for the seconds in which all streams run.
"""

import json
import subprocess
import sys
from statistics import median

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.bench.processes import ROOT

CLIENTS = ("ours", "httpx", "raw")
ROUNDS = 2
OF_HTTPX = 0.65
OF_RAW = 3
RUN_SECONDS = 60  # one client at most


def measure(bench: Bench) -> list[Figure]:
    costs: dict[str, list[float]] = {client: [] for client in CLIENTS}
    for _ in range(ROUNDS):
        for client in CLIENTS:
            costs[client].append(_cost(client, bench))
    against = (("httpx", "plain httpx", OF_HTTPX), ("raw", "bare protocol", OF_RAW))
    return [
        Figure(
            name=f"CPU per streamed chunk, 200 streams, against {name}",
            unit="µs",
            ours=median(costs["ours"]),
            floor=median(costs[client]),
            stated_floor=1,
            reach=reach,
            floor_name=name,
            statistic=f"median of {ROUNDS} runs of 30,000 chunks",
            samples=costs["ours"],
            floor_samples=costs[client],
        )
        for client, name, reach in against
    ]


def _cost(client: str, bench: Bench) -> float:
    command = [sys.executable, "-m", "tests.bench.readers", client, bench.model.url]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=RUN_SECONDS
    )
    return float(json.loads(done.stdout))
