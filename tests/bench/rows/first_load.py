"""First load with an empty cache: bytes, requests, depth, and time until the composer works.

Bytes are what the browser counts on the wire, headers included; the socket counts as a request.
Depth is the longest chain of files that were only discovered in another file: 1 means that the
page names all of them. What a script fetches once the page is there (the list asks for newer
messages when its socket opens) is counted and listed, but isn't a file that the page is made of.
The composer is usable when the page has painted and its script has started. On the phone
profile the processor is slowed fourfold and every request goes over 9 Mbit/s with 60 ms.
"""

from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession

from tests.bench.figures import Figure
from tests.bench.harness import PHONE, Bench, Side
from tests.bench.traffic import Traffic

LOADS = 9
MESSAGES = 10
KILOBYTE = 1000
LINE = 9e6 / 8  # bytes a second
LATENCY = 60  # ms
SLOWER = 4
OTHERS_SIZE = "Open WebUI 2.7 MB in 230 requests, Chainlit 1.3 MB, reference app 17.9 MB"
OTHERS_TIME = "Open WebUI 2,232 ms, Chainlit 1,070 ms, reference app 484 ms"
OTHERS_PHONE = "Open WebUI 5.2 s, Chainlit 4.0 s, reference app 21 s"


def measure(bench: Bench) -> list[Figure]:
    email = "first-load@example.com"
    ours = bench.app_as(email)
    filled = bench.in_app("conversation", email, MESSAGES)
    figures = []
    for words, path in (("empty page", "/"), (f"{MESSAGES} messages", filled)):
        figures += _sizes(words, _traffic(ours, path))
    figures.append(_times("Composer usable", 200, 51, OTHERS_TIME, ours, bench.floor, _desktop, {}))
    figures.append(
        _times("Composer usable, phone", 700, 240, OTHERS_PHONE, ours, bench.floor, _phone, PHONE)
    )
    return figures


def _traffic(side: Side, path: str) -> Traffic:
    with side.page("loading.js") as page:
        traffic = Traffic(page.context.new_cdp_session(page))
        page.goto(path, wait_until="networkidle")
        page.evaluate("usable")
        return traffic


def _sizes(words: str, traffic: Traffic) -> list[Figure]:
    listing = "; ".join(
        f"{request.path} {request.bytes} B" + f" (depth {request.depth})" * (request.depth > 1)
        for request in traffic.requests
    )
    return [
        Figure(
            name=f"First load, {words}",
            unit="kB",
            ours=traffic.bytes / KILOBYTE,
            reach=60,
            others=OTHERS_SIZE,
            statistic=listing,
        ),
        Figure(
            name=f"Requests, {words}",
            unit="",
            ours=len(traffic.requests) + traffic.sockets,
            reach=25,
        ),
        Figure(name=f"Depth, {words}", unit="", ours=traffic.depth, reach=1),
    ]


def _times(
    name: str,
    reach: float,
    stated: float,
    others: str,
    ours: Side,
    floor: Side,
    profile: Callable[[CDPSession], None],
    options: dict[str, Any],
) -> Figure:
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(LOADS):
        for side in (ours, floor):
            with side.page("loading.js", **options) as page:
                profile(page.context.new_cdp_session(page))
                page.goto("/", wait_until="commit")
                times[side.name].append(page.evaluate("usable"))
    return Figure(
        name=name,
        unit="ms",
        ours=median(times["ours"]),
        floor=median(times["floor"]),
        reach=reach,
        stated_floor=stated,
        others=others,
        statistic=f"median of {LOADS}",
        samples=times["ours"],
        floor_samples=times["floor"],
    )


def _desktop(session: CDPSession) -> None:
    """As it is."""


def _phone(session: CDPSession) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    line = {"downloadThroughput": LINE, "uploadThroughput": LINE, "latency": LATENCY}
    session.send("Network.emulateNetworkConditions", {"offline": False, **line})
