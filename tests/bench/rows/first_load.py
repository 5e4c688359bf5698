"""First load with an empty cache: bytes, requests, depth, and time until the composer works.

Bytes are what the browser counts on the wire, headers included; the socket counts as a request.
Depth is the longest chain of files that were only discovered in another file: 1 means that the
page names all of them. What a script fetches once the page is there (the list asks for newer
messages when its socket opens) is counted and listed, but isn't a file that the page is made of.
The settings are a window of the empty page: opening them may fetch no more than fits beside it,
which is counted, too, but names its files on the page and adds nothing to the depth.
The tools page is the owner's. The composer is usable when the page has painted and its script has
started. On the phone profile the processor is slowed fourfold and every request goes over
9 Mbit/s with 60 ms.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.bench.figures import Figure
from tests.bench.harness import PHONE, Bench, Side
from tests.bench.traffic import Traffic

LOADS = 9
MESSAGES = 10
KILOBYTE = 1000
MAX_KILOBYTES = 60
MAX_REQUESTS = 8
OF_FLOOR, OF_FLOOR_PHONE = 3.5, 2
LINE = 9e6 / 8  # bytes a second
LATENCY = 60  # ms
SLOWER = 4
OTHERS_SIZE = "Open WebUI 2.7 MB in 230 requests, Chainlit 1.3 MB, reference app 17.9 MB"
OTHERS_TIME = "Open WebUI 2,232 ms, Chainlit 1,070 ms, reference app 484 ms"
OTHERS_PHONE = "Open WebUI 5.2 s, Chainlit 4.0 s, reference app 21 s"


@dataclass(frozen=True, slots=True)
class _Profile:
    """A device; as it is, or slowed down."""

    name: str
    of_floor: float
    others: str
    slow_down: Callable[[CDPSession], None] | None = None
    options: dict[str, Any] = field(default_factory=dict)


def measure(bench: Bench) -> list[Figure]:
    email = "first-load@example.com"
    ours = bench.app_as(email)
    filled = bench.in_app("conversation", email, MESSAGES)
    loads = {
        "empty page": _traffic(ours, "/"),
        f"{MESSAGES} messages": _traffic(ours, filled),
        "settings": _traffic(ours, "/", _open_settings),
        "tools page": _traffic(bench.ours, "/tools/"),
        "sign-in": _traffic(replace(ours, cookie=""), "/account/sign-in/"),
    }
    figures = [figure for words, traffic in loads.items() for figure in _sizes(words, traffic)]
    desktop = _Profile("Composer usable", OF_FLOOR, OTHERS_TIME)
    phone = _Profile("Composer usable, phone", OF_FLOOR_PHONE, OTHERS_PHONE, _slow_down, PHONE)
    return [*figures, *(_times(profile, ours, bench.floor) for profile in (desktop, phone))]


def _traffic(side: Side, path: str, act: Callable[[Page], None] | None = None) -> Traffic:
    with side.page("loading.js") as page:
        traffic = Traffic(page.context.new_cdp_session(page))
        page.goto(path, wait_until="networkidle")
        if page.locator("message-composer").count():
            page.evaluate("usable")
        if act:
            traffic.is_loaded = True
            act(page)
            page.wait_for_load_state("networkidle")
        return traffic


def _open_settings(page: Page) -> None:
    page.get_by_role("button", name="Chat settings").click()
    page.get_by_role("dialog", name="Chat settings").wait_for()


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
            reach=MAX_KILOBYTES,
            others=OTHERS_SIZE,
            statistic=listing,
        ),
        Figure(
            name=f"Requests, {words}",
            unit="",
            ours=len(traffic.requests) + traffic.sockets,
            reach=MAX_REQUESTS,
        ),
        Figure(name=f"Depth, {words}", unit="", ours=traffic.depth, reach=1),
    ]


def _times(profile: _Profile, ours: Side, floor: Side) -> Figure:
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(LOADS):
        for side in (ours, floor):
            with side.page("loading.js", **profile.options) as page:
                if profile.slow_down:
                    profile.slow_down(page.context.new_cdp_session(page))
                page.goto("/", wait_until="commit")
                times[side.name].append(page.evaluate("usable"))
    return Figure(
        name=profile.name,
        unit="ms",
        ours=median(times["ours"]),
        floor=median(times["floor"]),
        reach=profile.of_floor,
        stated_floor=1,
        others=profile.others,
        statistic=f"median of {LOADS}",
        samples=times["ours"],
        floor_samples=times["floor"],
    )


def _slow_down(session: CDPSession) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    line = {"downloadThroughput": LINE, "uploadThroughput": LINE, "latency": LATENCY}
    session.send("Network.emulateNetworkConditions", {"offline": False, **line})
