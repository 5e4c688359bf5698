"""CPU of the client per streamed chunk, and its memory per stream.

200 streams of 50 chunks a second at once, read in a separate process: by our client, by plain
httpx and by a bare asyncio protocol. All three read JSON and end with the text; each is counted
for the seconds in which all streams run.
"""

import json
import subprocess
import sys
from statistics import median

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.servers.processes import ROOT

CLIENTS = ("ours", "httpx", "raw")
ROUNDS = 2
OF_HTTPX = 0.65
OF_RAW = 3
KB_PER_STREAM = 35
RUN_SECONDS = 60  # one client at most


def measure(bench: Bench) -> list[Figure]:
    costs: dict[str, list[dict[str, float]]] = {client: [] for client in CLIENTS}
    for _ in range(ROUNDS):
        for client in CLIENTS:
            costs[client].append(_cost(client, bench))
    return [*_cpu({c: [run["cpu"] for run in costs[c]] for c in CLIENTS}), _memory(costs)]


def _cpu(costs: dict[str, list[float]]) -> list[Figure]:
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


def _memory(costs: dict[str, list[dict[str, float]]]) -> Figure:
    taken = {client: median(run["memory"] for run in costs[client]) for client in CLIENTS}
    return Figure(
        name="memory per stream, 200 streams",
        unit="KB",
        ours=taken["ours"],
        reach=KB_PER_STREAM,
        others=f"plain httpx {taken['httpx']:.0f}, bare protocol {taken['raw']:.0f}",
        statistic=f"growth of the peak, median of {ROUNDS} runs",
        samples=[run["memory"] for run in costs["ours"]],
    )


def _cost(client: str, bench: Bench) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.readers", client, bench.model.url]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=RUN_SECONDS
    )
    cost: dict[str, float] = json.loads(done.stdout)
    return cost
