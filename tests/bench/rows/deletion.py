"""Deleting a conversation of 10,000 messages, and what others notice.

The time of the request is that of a client on the same machine. Somebody else sends messages one
after the other, each in a new conversation, for as long as the rows are removed, and as long before
that. The time of a send is that of its request.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from statistics import median

import httpx

from tests.bench.figures import Figure, quantile
from tests.bench.harness import Bench
from tests.bench.tabs import TOKEN, send

OWNER, SENDER = "deleter@example.com", "sender@example.com"
MESSAGES = 10_000
DELETIONS = 2
CALM = 15.0  # seconds before each
PAUSE = 0.05  # seconds between two sends
PATIENCE = 120  # seconds for the rows of a conversation
MAX_REQUEST = 100  # ms
MAX_ADDED = 20  # ms

type Over = Callable[[], Awaitable[bool]]


def measure(bench: Bench) -> list[Figure]:
    paths = [bench.in_app("conversation", OWNER, MESSAGES) for _ in range(DELETIONS)]
    return asyncio.run(_measure(bench, paths))


async def _measure(bench: Bench, paths: list[str]) -> list[Figure]:
    deleter, sender = (bench.in_app("cookie", email) for email in (OWNER, SENDER))
    requests, removals = [], []
    calm: list[float] = []
    during: list[float] = []
    for path in paths:
        until = time.monotonic() + CALM
        calm += await _sends(bench, sender, lambda until=until: _is_past(until))
        begin = time.monotonic()
        requests.append(await _delete(bench, deleter, path))
        during += await _sends(bench, sender, lambda path=path: _is_removed(bench, path))
        removals.append(time.monotonic() - begin)
    return [
        Figure(
            name=f"Deleting {MESSAGES:,} messages, the request",
            unit="ms",
            ours=median(requests),
            reach=MAX_REQUEST,
            statistic=f"median of {DELETIONS}",
            samples=requests,
        ),
        Figure(
            name="Added to others' sends meanwhile, p99",
            unit="ms",
            ours=quantile(during, 0.99) - quantile(calm, 0.99),
            reach=MAX_ADDED,
            statistic=f"p99 of {len(during)} and of {len(calm)} before",
            samples=during,
            floor_samples=calm,
            floor_name="before",
        ),
        Figure(
            name="Added to others' sends meanwhile, p50",
            unit="ms",
            ours=median(during) - median(calm),
        ),
        Figure(
            name=f"Until the rows of {MESSAGES:,} messages are gone",
            unit="s",
            ours=median(removals),
            samples=removals,
        ),
    ]


async def _sends(bench: Bench, cookie: str, is_over: Over) -> list[float]:
    """Send until it is over; return the times in ms."""
    times = []
    while not await is_over():
        begin = time.monotonic()
        await send(bench.app.url, cookie, "A question")
        times.append((time.monotonic() - begin) * 1000)
        await asyncio.sleep(PAUSE)
    return times


async def _delete(bench: Bench, cookie: str, path: str) -> float:
    cookies = {"sessionid": cookie, "csrftoken": TOKEN}
    headers = {"accept": "application/json", "x-csrftoken": TOKEN}
    async with httpx.AsyncClient(base_url=bench.app.url, cookies=cookies, headers=headers) as http:
        await http.get("/healthz")  # opens the connection
        begin = time.monotonic()
        answer = await http.post(f"{path}deletion")
        elapsed = (time.monotonic() - begin) * 1000
        assert answer.status_code == 204, answer.text
        assert (await http.get(path)).status_code == 404
    return elapsed


async def _is_past(moment: float) -> bool:
    return time.monotonic() > moment


async def _is_removed(bench: Bench, path: str) -> bool:
    file = bench.app.environment["DATABASE_URL"].removeprefix("sqlite:///")
    key = path.strip("/").split("/")[1].replace("-", "")
    query = "SELECT 1 FROM conversations_conversation WHERE id = ?"
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as database:
        return database.execute(query, [key]).fetchone() is None
