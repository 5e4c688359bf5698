"""Main thread of the browser while 2,000 tokens stream in 20 s.

The time that the browser itself counts for the page's tasks (script, style, layout, paint), from
just before Enter until the answer is complete, and the tasks longer than 50 ms within. Nothing
of ours looks at the page meanwhile: the model reports when the stream is over.
"""

from statistics import median

from tests.bench.figures import Figure
from tests.bench.harness import Bench, Side, metrics

ANSWERS = 2
TOKENS = 2000
RATE = 100  # tokens a second
OF_FLOOR = 1.0
OTHERS = "floor 7.3 s; reference app 19.2 s, Open WebUI 20.0 s, Chainlit 72.5 s"
OTHERS_LONG = "Open WebUI 26"


def measure(bench: Bench) -> list[Figure]:
    busy: dict[str, list[float]] = {side.name: [] for side in bench.sides}
    long: dict[str, list[int]] = {side.name: [] for side in bench.sides}
    for _ in range(ANSWERS):
        for side in bench.sides:
            seconds, tasks = _stream(side)
            busy[side.name].append(seconds)
            long[side.name].append(tasks)
    return [
        Figure(
            name="Main thread busy in 2,000 tokens",
            unit="s",
            ours=median(busy["ours"]),
            floor=median(busy["floor"]),
            reach=OF_FLOOR,
            stated_floor=1,
            others=OTHERS,
            statistic=f"median of {ANSWERS} answers",
            samples=busy["ours"],
            floor_samples=busy["floor"],
        ),
        Figure(
            name="Long tasks in 2,000 tokens",
            unit="",
            ours=max(long["ours"]),
            floor=max(long["floor"]),
            reach=0,
            others=OTHERS_LONG,
            statistic=f"most of {ANSWERS} answers",
            samples=long["ours"],
            floor_samples=long["floor"],
        ),
    ]


def _stream(side: Side) -> tuple[float, int]:
    """Return the seconds of main thread and the number of long tasks in one answer."""
    with side.page("long_tasks.js") as page:
        page.goto("/", wait_until="networkidle")
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        page.evaluate("longTasks.length = 0")
        before = metrics(session)["TaskDuration"]
        side.ask(page, TOKENS, RATE)
        after = metrics(session)["TaskDuration"]
        return after - before, page.evaluate("longTasks.length")
