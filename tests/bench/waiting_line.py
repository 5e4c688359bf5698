"""Play people who share one quota, over several lines and a real Redis; print what happened.

    python -m tests.bench.waiting_line REDIS_URL

A minute of the stand-in and of the lines is six seconds here. See `tests/spending/line/simulation`.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from uuid import uuid4

import django

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "chatapp.settings",
    "INFERENCE_URL": "https://us.inference.heroku.com",  # never asked
    "INFERENCE_KEY": "inf-bench",
}
django.setup()

from redis.asyncio import Redis  # noqa: E402

from chatapp.inference import CompletionRequest, Usage  # noqa: E402
from chatapp.realtime.relay import relay  # noqa: E402
from chatapp.replies.line import Call  # noqa: E402
from chatapp.spending.line.service_line import ServiceLine  # noqa: E402
from tests.spending.line.simulation import (  # noqa: E402
    MODEL,
    Sending,
    Service,
    bursts,
    estimate_errors,
    estimated,
    let_through_before,
    simulate,
    throughput,
)

MINUTE = 6.0  # seconds
MINUTES = 4
PEOPLE, PROCESSES = 20, 3
FEW = 30  # requests a minute, so that passing the news on takes less time than a turn
CALLS = 140  # fewer than the quota
RELAY_SECONDS = 0.01
GAP_SECONDS = 0.005  # between two calls that are measured


async def main(url: str) -> dict[str, float]:
    lines = [ServiceLine(f"p{number}", window_seconds=MINUTE) for number in range(PROCESSES)]
    for line in lines:
        line.share_by_redis(url)
    _join(lines)
    found = await _many(lines)
    await asyncio.sleep(MINUTE * 1.1)
    found |= await _single(lines)
    found |= await _costs(f"{url}/1")  # where nobody has used anything
    for line in lines:
        await line.close()
    return found


def _join(lines: list[ServiceLine]) -> None:
    """Pass on that a process let through calls of others, as the relay does."""

    def send_command(_command: str) -> None:
        for line in lines:
            asyncio.get_running_loop().call_later(RELAY_SECONDS, line.wake)

    setattr(relay, "send_command", send_command)  # noqa: B010


async def _many(lines: list[ServiceLine]) -> dict[str, float]:
    service = Service(MINUTE)
    sent = await simulate(lines, service, bursts(PEOPLE, MINUTES, minute=MINUTE))
    return {
        "messages": len(sent),
        "failed": sum(one.error is not None for one in sent),
        "refused": service.refused,
        "time": 1 / throughput(service),
        "estimate": median(estimate_errors(sent, MINUTE)),
        "longest": max(one.waited for one in sent) / MINUTE,
    }


async def _single(lines: list[ServiceLine]) -> dict[str, float]:
    busy, service = uuid4(), Service(MINUTE, requests=FEW)
    gap = MINUTE / 2 / FEW
    sendings = [Sending(number * gap, uuid4()) for number in range(FEW)]
    sendings += [Sending(MINUTE / 2, busy) for _ in range(60)]
    # When some of the sixty were let through already.
    *others, single = await simulate(lines, service, [*sendings, Sending(MINUTE * 1.1, uuid4())])
    return {"before": let_through_before(single, others)}


async def _costs(url: str) -> dict[str, float]:
    """Return what a call costs while nobody waits, in ms: alone, and with a Redis."""
    alone, shared = ServiceLine("alone"), ServiceLine("shared")
    shared.share_by_redis(url)
    redis = Redis.from_url(url, single_connection_client=True)
    found = {
        "alone": await _cost(alone),
        "shared": await _cost(shared),
        "ping": await _typical(redis.ping),
    }
    await redis.aclose()
    await asyncio.sleep(GAP_SECONDS)
    await shared.close()
    return found


async def _cost(line: ServiceLine) -> float:
    request = CompletionRequest(MODEL, (estimated(1_000),), max_tokens=8_192)
    made_at = 0.0

    async def make() -> Usage:
        nonlocal made_at
        made_at = time.perf_counter()
        return Usage(1_000, 10)

    times = []
    for _ in range(CALLS):
        begin = time.perf_counter()
        await line.go(Call(uuid4(), request, 0.0, make))
        times.append(made_at - begin)
        await asyncio.sleep(GAP_SECONDS)
    return median(times) * 1000


async def _typical(work: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(CALLS):
        begin = time.perf_counter()
        await work()
        times.append(time.perf_counter() - begin)
        await asyncio.sleep(GAP_SECONDS)
    return median(times) * 1000


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1]))))
