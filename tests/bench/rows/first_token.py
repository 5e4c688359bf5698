"""Enter until the first token is visible, when the model answers at once.

From the browser's time stamp of the key to the first token in the DOM. "New" is the first
message on a freshly loaded page, which also creates the conversation; "open" is a later one.
"""

from collections import defaultdict
from statistics import median

from playwright.sync_api import Page

from tests.bench.figures import Figure
from tests.bench.harness import Bench, Side

PAGES = 8
LATER_PER_PAGE = 2
TOKENS = 5
PLACES = (("new", "a new conversation", 2.2), ("open", "an open one", 2.6))  # of the floor
OTHERS = {
    "new": "reference app 34 ms, Chainlit 114 ms, Open WebUI 311 ms",
    "open": "reference app 26 ms, Chainlit 74 ms, Open WebUI 193 ms",
}


def measure(bench: Bench) -> list[Figure]:
    waits: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(PAGES):
        for side in bench.sides:
            with side.page("tokens.js") as page:
                page.goto("/", wait_until="networkidle")
                waits[side.name, "new"].append(_wait(side, page))
                for _ in range(LATER_PER_PAGE):
                    waits[side.name, "open"].append(_wait(side, page))
    return [
        Figure(
            name=f"Enter to first token in {words}",
            unit="ms",
            ours=median(waits["ours", place]),
            floor=median(waits["floor", place]),
            reach=reach,
            stated_floor=1,
            others=OTHERS[place],
            statistic=f"median of {len(waits['ours', place])}",
            samples=waits["ours", place],
            floor_samples=waits["floor", place],
        )
        for place, words, reach in PLACES
    ]


def _wait(side: Side, page: Page) -> float:
    # The title that follows a first answer, and its own request, must not meet the next Enter.
    page.wait_for_load_state("networkidle")
    side.ask(page, TOKENS, 0)
    wait: float = page.evaluate("bench.seen[0] - bench.enter")
    return wait
