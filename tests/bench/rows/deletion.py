"""Deleting a conversation of 10,000 messages, and what others notice.

The time of the request is that of a client on the same machine. While the rows are removed,
somebody else sends messages in turn to this server and to another one, with a database of its own
in which nothing is deleted, so what else the machine does meets both alike. The time of a send is
that of its request, each in a new conversation.
"""

import asyncio
import sqlite3
import time
from contextlib import closing
from statistics import median

import httpx

from tests.bench.figures import Figure, quantile
from tests.bench.harness import Bench, in_app, run_apart
from tests.bench.tabs import TOKEN, send
from tests.system.app import App, running_app

OWNER, SENDER = "deleter@example.com", "sender@example.com"
MESSAGES = 10_000
DELETIONS = 2
WARM_UP = 5  # sends
PAUSE = 0.05  # seconds between two sends
PATIENCE = 20  # seconds for a look at the database
MAX_REQUEST = 100  # ms
MAX_ADDED = 20  # ms

type Times = tuple[list[float], list[float]]  # of sends to both servers, in ms


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "undisturbed"
    folder.mkdir()
    paths = [bench.in_app("conversation", OWNER, MESSAGES) for _ in range(DELETIONS)]
    with running_app(folder, INFERENCE_URL=bench.model.url, CHAT_LOG_LEVEL="WARNING") as other:
        return run_apart(_measure(bench.app, other, paths))


async def _measure(app: App, other: App, paths: list[str]) -> list[Figure]:
    deleter = in_app(app.environment, "cookie", OWNER)
    cookies = [in_app(each.environment, "cookie", SENDER) for each in (app, other)]
    requests, removals = [], []
    times: Times = ([], [])
    for _ in range(WARM_UP):
        await _send_to_both(app, other, cookies, ([], []))
    for path in paths:
        begin = time.monotonic()
        requests.append(await _delete(app, deleter, path))
        while _has_rows(app, path):
            await _send_to_both(app, other, cookies, times)
        removals.append(time.monotonic() - begin)
    return _figures(requests, removals, *times)


def _figures(
    requests: list[float], removals: list[float], sends: list[float], undisturbed: list[float]
) -> list[Figure]:
    name = "Added to others' sends while rows are removed"
    return [
        Figure(
            name=f"Deleting {MESSAGES:,} messages, the request",
            unit="ms",
            ours=max(requests),
            reach=MAX_REQUEST,
            statistic=f"the slower of {DELETIONS}",
            samples=requests,
        ),
        Figure(
            name=f"{name}, p99",
            unit="ms",
            ours=quantile(sends, 0.99) - quantile(undisturbed, 0.99),
            reach=MAX_ADDED,
            floor_name="another server",
            statistic=f"p99 of {len(sends)} on each server",
            samples=sends,
            floor_samples=undisturbed,
        ),
        Figure(name=f"{name}, p50", unit="ms", ours=median(sends) - median(undisturbed)),
        Figure(
            name=f"Until the rows of {MESSAGES:,} messages are gone",
            unit="s",
            ours=median(removals),
            samples=removals,
        ),
    ]


async def _send_to_both(app: App, other: App, cookies: list[str], times: Times) -> None:
    for each, cookie, kept in zip((app, other), cookies, times, strict=True):
        begin = time.monotonic()
        await send(each.url, cookie, "A question")
        kept.append((time.monotonic() - begin) * 1000)
        await asyncio.sleep(PAUSE)


async def _delete(app: App, cookie: str, path: str) -> float:
    """Return how long the request takes that deletes for good, in ms."""
    cookies = {"sessionid": cookie, "csrftoken": TOKEN}
    headers = {"accept": "application/json", "x-csrftoken": TOKEN}
    async with httpx.AsyncClient(base_url=app.url, cookies=cookies, headers=headers) as http:
        await http.get("/healthz")  # opens the connection
        await http.post(f"{path}deletion")  # to the trash
        begin = time.monotonic()
        answer = await http.post(f"{path}removal")
        elapsed = (time.monotonic() - begin) * 1000
        assert answer.status_code == 204, answer.text
        assert (await http.get(path)).status_code == 404
    return elapsed


def _has_rows(app: App, path: str) -> bool:
    file = app.environment["DATABASE_URL"].removeprefix("sqlite:///")
    key = path.strip("/").split("/")[1].replace("-", "")
    query = "SELECT 1 FROM conversations_conversation WHERE id = ?"
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as database:
        return database.execute(query, [key]).fetchone() is not None
