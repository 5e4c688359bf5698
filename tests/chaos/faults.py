"""Break the instance while people use it, one fault at a time, and repair it again."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import Literal

from tests.chaos.instance import Instance
from tests.chaos.plan import Plan
from tests.chaos.record import Fault, Record
from tests.servers.app import CLEAN_EXITS, AppProcess

IN_TIME = 25.0  # seconds that a process may take to leave after SIGTERM

type Break = Callable[["Breaker", Fault], Awaitable[str]]


class Breaker:
    """Break and repair at the times of a plan, and record them."""

    def __init__(self, instance: Instance, plan: Plan, record: Record) -> None:
        self.instance = instance
        self.record = record
        self.chance = random.Random(f"{plan.seed} breaker")
        self._plan = plan
        self._next_app = 0

    async def go_on(self, over: asyncio.Event) -> None:
        """Play one round after the other, and finish a fault that has begun."""
        for number in count(1):
            for kind in self._plan.faults():
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), self.chance.uniform(*self._plan.pause))
                if over.is_set():
                    return
                await self._happen(kind)
            if number == self._plan.rounds:
                return

    async def _happen(self, kind: str) -> None:
        fault = Fault(kind, time.monotonic(), float("inf"))
        self.record.faults.append(fault)
        fault.detail = await FAULTS[kind](self, fault)
        fault.until = time.monotonic()
        print(f"{fault.at - self.record.begin:7.1f} s  {kind}: {fault.detail}", flush=True)

    def seconds(self, least: float, most: float) -> float:
        """Return how long something stays away."""
        return self.chance.uniform(least, most) / self._plan.haste

    def next_app(self) -> AppProcess:
        self._next_app += 1
        return self.instance.apps[self._next_app % len(self.instance.apps)]


async def kill(breaker: Breaker, fault: Fault) -> str:
    app = breaker.next_app()
    app.send(signal.SIGKILL)
    await asyncio.to_thread(app.wait)
    fault.hit = await asyncio.to_thread(breaker.instance.replies_of, app.pid)
    away = breaker.seconds(0, 3)
    await asyncio.sleep(away)
    await _start(app)
    return f"{len(fault.hit)} replies hit, started again after {away:.1f} s"


async def terminate(breaker: Breaker, _fault: Fault) -> str:
    app = breaker.next_app()
    begin = time.monotonic()
    app.send(signal.SIGTERM)
    status = await asyncio.to_thread(app.wait)
    seconds = time.monotonic() - begin
    if status not in CLEAN_EXITS:
        breaker.record.complaints.append(f"SIGTERM ended a process with status {status}")
    if seconds > IN_TIME:
        breaker.record.complaints.append(f"a process took {seconds:.1f} s to leave")
    await _start(app)
    return f"port {app.port}, gone after {seconds:.1f} s with status {status}"


async def cut(breaker: Breaker, _fault: Fault) -> str:
    share = breaker.chance.choice((0.3, 0.6, 1.0))
    return f"{breaker.instance.proxy.drop(share)} connections"


async def restart_redis(breaker: Breaker, _fault: Fault) -> str:
    redis, away = breaker.instance.redis, breaker.seconds(0.2, 3)
    await asyncio.to_thread(redis.stop)
    await asyncio.sleep(away)
    await asyncio.to_thread(redis.start)
    return f"away for {away:.1f} s"


async def stall_redis(breaker: Breaker, _fault: Fault) -> str:
    redis, seconds = breaker.instance.redis, breaker.seconds(3, 6)
    redis.pause()
    await asyncio.sleep(seconds)
    redis.resume()
    return f"silent for {seconds:.1f} s"


def stop_postgres(mode: Literal["fast", "immediate"]) -> Break:
    async def stop(breaker: Breaker, _fault: Fault) -> str:
        postgres, away = breaker.instance.postgres, breaker.seconds(0.2, 4)
        await asyncio.to_thread(postgres.stop, mode)
        await asyncio.sleep(away)
        await asyncio.to_thread(postgres.start)
        return f"away for {away:.1f} s"

    return stop


async def stall_postgres(breaker: Breaker, _fault: Fault) -> str:
    postgres, seconds = breaker.instance.postgres, breaker.seconds(2, 5)
    await asyncio.to_thread(postgres.pause)
    await asyncio.sleep(seconds)
    postgres.resume()
    return f"silent for {seconds:.1f} s"


async def _start(app: AppProcess) -> None:
    app.start()
    await asyncio.to_thread(app.wait_until_ready)


FAULTS: dict[str, Break] = {
    "kill -9": kill,
    "SIGTERM and restart": terminate,
    "sockets cut": cut,
    "Redis restarted": restart_redis,
    "Redis stalled": stall_redis,
    "Postgres restarted": stop_postgres("fast"),
    "Postgres crashed": stop_postgres("immediate"),
    "Postgres stalled": stall_postgres,
}
