"""20 people want more than the quota, in bursts: what the line makes of it, and what it costs.

Three processes share the line by a real Redis. A stand-in has the service's quota of 150 requests
and 800,000 tokens a minute, counts in an exact sliding window, and refuses what is too much with
429. Its minute takes six seconds, and so does that of the line. The time is that until the last
message was accepted, against a line that knows everything in advance. An estimate is the first one
that a waiting reply could show; a wait below a thirtieth of a minute is none.

The cost is that of a call while nobody waits, until the service is asked: alone, and with Redis,
where one `PING` is the floor.
"""

import json
import subprocess
import sys

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.servers.processes import ROOT
from tests.servers.redis import running_redis

NAME = "20 people share a quota"
MAX_TIME = 1 / 0.95  # of a perfect line's
MAX_ERROR = 30  # %
MAX_MINUTES = 4  # that anybody waits; that is how much was sent
MAX_COST = 1.0  # ms, on a machine on which PING takes as long as here


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "waiting_line"
    folder.mkdir()
    with running_redis(folder) as redis:
        command = [sys.executable, "-m", "tests.bench.waiting_line", redis.url]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    refused = f"{found['refused']} of {found['messages']} messages were refused and went again"
    return [
        Figure(
            name=f"{NAME}, failed for the quota",
            unit="",
            ours=found["failed"],
            reach=0,
            statistic=refused,
        ),
        Figure(
            name=f"{NAME}, time", unit="of a perfect line's", ours=found["time"], reach=MAX_TIME
        ),
        Figure(name=f"{NAME}, longest wait", unit="min", ours=found["longest"], reach=MAX_MINUTES),
        Figure(
            name=f"{NAME}, error of the estimate, p50",
            unit="%",
            ours=100 * found["estimate"],
            reach=MAX_ERROR,
        ),
        Figure(
            name="One message beside 60 of somebody else, of those go first",
            unit="",
            ours=found["before"],
            reach=1,
        ),
        Figure(name="Line before a call, alone", unit="ms", ours=found["alone"], reach=MAX_COST),
        Figure(
            name="Line before a call, with Redis",
            unit="ms",
            ours=found["shared"],
            floor=found["ping"],
            floor_name="PING",
            reach=4,
            stated_floor=1,
        ),
    ]
