"""A shared chat for somebody who was never here: bytes with an empty cache, requests, and depth.

Bytes are what the browser counts on the wire, headers included. The chat has ten messages and no
image; the reader is signed out.
"""

from dataclasses import replace

from tests.bench.figures import Figure
from tests.bench.harness import Bench, Side
from tests.bench.traffic import Traffic

AUTHOR = "author@example.com"
MESSAGES = 10
MAX_KILOBYTES = 30
MAX_REQUESTS = 4
KILOBYTE = 1000


def measure(bench: Bench) -> list[Figure]:
    reader = replace(bench.ours, cookie="")
    path = bench.in_app("shared", AUTHOR, MESSAGES)
    traffic = _traffic(reader, path)
    files = "; ".join(f"{each.path} {each.bytes} B" for each in traffic.requests)
    return [
        Figure(
            name=f"Shared page, {MESSAGES} messages",
            unit="kB",
            ours=traffic.bytes / KILOBYTE,
            reach=MAX_KILOBYTES,
            statistic=files,
        ),
        Figure(
            name="Requests, shared page", unit="", ours=len(traffic.requests), reach=MAX_REQUESTS
        ),
        Figure(name="Depth, shared page", unit="", ours=traffic.depth, reach=1),
    ]


def _traffic(reader: Side, path: str) -> Traffic:
    with reader.page() as page:
        traffic = Traffic(page.context.new_cdp_session(page))
        page.goto(path, wait_until="networkidle")
        return traffic
