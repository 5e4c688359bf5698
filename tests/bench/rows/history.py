"""Opening long conversations, and a sidebar of 20,000.

Server time is one GET over a connection that is already open, from the request to the last byte,
as a client on the same machine sees it. Queries are counted in a process of their own on the
same database. The last message is visible when it is painted within the window, from the start
of the navigation: opened from another page of the app, as by a link in the sidebar, and once
more as a first visit with an empty cache.
"""

import time
from statistics import median

import httpx

from tests.bench.figures import Figure
from tests.bench.harness import Bench, Side

FEW_MESSAGES, MANY_MESSAGES = 200, 10_000
FEW_CONVERSATIONS, MANY_CONVERSATIONS = 100, 20_000
GETS = 30
LOADS = 7
SERVER_TIME = 25  # ms
VISIBLE = 100  # ms
READER, KEEPER, COLLECTOR = "reader@example.com", "keeper@example.com", "collector@example.com"


def measure(bench: Bench) -> list[Figure]:
    reader = bench.app_as(READER)
    few = bench.in_app("conversation", READER, FEW_MESSAGES)
    many = bench.in_app("conversation", READER, MANY_MESSAGES)
    return [
        *_opening(bench, reader, few, many),
        _shown(reader, f"Last of {FEW_MESSAGES} messages visible", few),
        _shown(reader, f"Last of {MANY_MESSAGES:,} messages visible", many),
        _shown(reader, f"Last of {MANY_MESSAGES:,} messages visible, first visit", many, None),
        *_sidebar(bench),
    ]


def _opening(bench: Bench, reader: Side, few: str, many: str) -> list[Figure]:
    times = _get_times([(reader, few), (reader, many)])
    return [
        *(
            Figure(
                name=f"Server time of opening {count:,} messages",
                unit="ms",
                ours=median(taken),
                reach=SERVER_TIME,
                statistic=f"median of {GETS}",
                samples=taken,
            )
            for count, taken in zip((FEW_MESSAGES, MANY_MESSAGES), times, strict=True)
        ),
        Figure(
            name=f"Server time of opening {MANY_MESSAGES:,} messages, against {FEW_MESSAGES}",
            unit="ms",
            ours=median(times[1]),
            floor=median(times[0]),
            stated_floor=1,
            reach=1.3,
            floor_name=f"{FEW_MESSAGES} messages",
        ),
        _queries("opening a conversation", f"{FEW_MESSAGES} messages", bench, READER, few, many),
    ]


def _shown(reader: Side, name: str, path: str, reach: float | None = VISIBLE) -> Figure:
    """Without a reach it is a first visit."""
    times = []
    for _ in range(LOADS):
        with reader.page("last_message.js") as page:
            if reach:
                page.goto("/", wait_until="networkidle")
            page.goto(path, wait_until="commit")
            times.append(page.evaluate("lastShown"))
    return Figure(
        name=name,
        unit="ms",
        ours=median(times),
        reach=reach,
        others="Open WebUI 2,165 ms, Chainlit 2,677 ms for 200",
        statistic=f"median of {LOADS}",
        samples=times,
    )


def _sidebar(bench: Bench) -> list[Figure]:
    keeper, collector = bench.app_as(KEEPER), bench.app_as(COLLECTOR)
    bench.in_app("conversations", KEEPER, FEW_CONVERSATIONS)
    bench.in_app("conversations", COLLECTOR, MANY_CONVERSATIONS)
    figures = []
    for words, path in (("page with a sidebar", "/"), ("list", "/conversations")):
        few, many = _get_times([(keeper, path), (collector, path)])
        figures.append(
            Figure(
                name=f"Server time of the {words} of {MANY_CONVERSATIONS:,}",
                unit="ms",
                ours=median(many),
                floor=median(few),
                reach=20,
                floor_name=f"{FEW_CONVERSATIONS} conversations",
                others="Open WebUI 2–4 s at 15,000",
                statistic=f"median of {GETS}",
                samples=many,
                floor_samples=few,
            )
        )
    counts = [bench.in_app("queries", email, "/") for email in (KEEPER, COLLECTOR)]
    figures.append(_same_queries("the sidebar", f"{FEW_CONVERSATIONS} conversations", *counts))
    return figures


def _queries(what: str, than: str, bench: Bench, email: str, few: str, many: str) -> Figure:
    counts = [bench.in_app("queries", email, path) for path in (few, many)]
    return _same_queries(what, than, *counts)


def _same_queries(what: str, than: str, few: int, many: int) -> Figure:
    return Figure(
        name=f"Queries of {what}",
        unit="",
        ours=many,
        floor=few,
        stated_floor=1,
        reach=1,
        floor_name=than,
    )


def _get_times(gets: list[tuple[Side, str]]) -> list[list[float]]:
    """Return the times in ms of GETs in turn, so that a slow moment meets all alike."""
    times: list[list[float]] = [[] for _ in gets]
    with httpx.Client() as client:
        for turn in range(-3, GETS):  # the first three warm up
            for kept, (side, path) in zip(times, gets, strict=True):
                begin = time.perf_counter()
                answer = client.get(side.url + path, headers={"cookie": f"sessionid={side.cookie}"})
                elapsed = (time.perf_counter() - begin) * 1000
                assert answer.status_code == 200
                if turn >= 0:
                    kept.append(elapsed)
    return times
