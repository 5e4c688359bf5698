"""What one exchange costs in a long conversation.

CPU of the server from the request that sends a message to the end of a reply of 100 tokens;
conversations take turns. Of the 10,000 ordinary messages about 900 fit into the window of the
model. Short ones nearly all fit: that cost follows from what is really sent, so it is only
reported. The rest is measured without HTTP, in a process with the same database. A block is the
longest CPU time that the loop's thread used without a look at its timers.
"""

import asyncio
import json
import subprocess
import sys
import uuid
from statistics import median
from urllib.parse import urlsplit

from tests.bench.figures import Figure
from tests.bench.harness import Bench, run_apart
from tests.bench.model import prompt
from tests.bench.tabs import Sighting, Tab, send
from tests.bench.usage import cpu_seconds
from tests.servers.processes import ROOT

EMAIL = "talker@example.com"
FEW, MANY = 200, 10_000
SHORT_WORDS = 6
ROUNDS = 7
TOKENS = 100
TOGETHER = 4  # exchanges in one sample, because the system counts CPU in steps of 10 ms
MAX_BLOCK = 10  # ms


def measure(bench: Bench) -> list[Figure]:
    few = bench.in_app("conversation", EMAIL, FEW)
    many = bench.in_app("conversation", EMAIL, MANY)
    short = bench.in_app("conversation", EMAIL, MANY, SHORT_WORDS)
    paths = (few, many, short)
    served = run_apart(_served(bench, paths))
    alone = _alone(bench, paths)
    cpu, blocks = [cost["cpu"] for cost in alone], [cost["block"] for cost in alone]
    short_name = f"{MANY:,} short messages, all sent"
    return [
        _cpu(f"CPU of an exchange at {MANY:,} messages", served[1], served[0], reach=1.5),
        _cpu(f"CPU of an exchange at {short_name}", served[2], served[0]),
        _cpu(f"CPU of an exchange at {MANY:,} messages, without HTTP", cpu[1], cpu[0]),
        _cpu(f"CPU of an exchange at {short_name}, without HTTP", cpu[2], cpu[0]),
        _block(f"Longest block of the loop at {MANY:,} messages", blocks[1]),
        _block(f"Longest block of the loop at {short_name}", blocks[2]),
    ]


async def _served(bench: Bench, paths: tuple[str, ...]) -> list[list[float]]:
    """Return the CPU of the server for each exchange, in ms, by conversation."""
    cookie = bench.in_app("cookie", EMAIL)
    assert bench.app.process
    pid = bench.app.process.pid
    costs: list[list[float]] = [[] for _ in paths]
    for number in range(-1, ROUNDS):
        for path, cost in zip(paths, costs, strict=True):
            before = cpu_seconds(pid)
            for _ in range(TOGETHER):
                await _exchange(bench.app.url, cookie, path)
            if number >= 0:
                cost.append((cpu_seconds(pid) - before) * 1000 / TOGETHER)
    return costs


async def _exchange(url: str, cookie: str, path: str) -> None:
    run, place = uuid.uuid4().hex, urlsplit(url)
    _, tab = await asyncio.get_running_loop().create_connection(
        lambda: Tab(place.netloc, cookie, Sighting(run)), place.hostname, place.port
    )
    await tab.ready
    conversation = path.strip("/").split("/")[1]
    await send(url, cookie, prompt(run, TOKENS, 0), conversation)
    await tab.finished
    tab.close()


def _alone(bench: Bench, paths: tuple[str, ...]) -> list[dict[str, list[float]]]:
    command = [sys.executable, "-m", "tests.bench.exchanges", str(ROUNDS), EMAIL, *paths]
    environment = bench.app.environment
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    costs: list[dict[str, list[float]]] = json.loads(done.stdout)
    return costs


def _cpu(name: str, ours: list[float], floor: list[float], reach: float | None = None) -> Figure:
    return Figure(
        name=name,
        unit="ms",
        ours=median(ours),
        floor=median(floor),
        stated_floor=1 if reach else None,
        reach=reach,
        floor_name=f"{FEW} messages",
        statistic=f"median of {ROUNDS}",
        samples=ours,
        floor_samples=floor,
    )


def _block(name: str, longest: list[float]) -> Figure:
    return Figure(
        name=name,
        unit="ms",
        ours=median(longest),
        reach=MAX_BLOCK,
        statistic=f"median of the longest in {ROUNDS} exchanges",
        samples=longest,
    )
