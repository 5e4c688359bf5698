"""Added delay of one stream: from the model until a token is in the DOM.

50 tokens a second, Markdown as in an ordinary answer. The model stamps each token as it leaves,
and an observer in the page when it first appears; both read the machine's monotonic clock. App and
floor take turns, each answer on a fresh page. The quantile is taken within each answer and the
median over the answers, so that a moment in which the machine was busy with something else
decides nothing. The floor is the best of its answers, because a disturbed floor would excuse
ours.
"""

from statistics import median

from tests.bench.figures import Figure, quantile
from tests.bench.harness import Bench, Side, clock

ANSWERS = 3
TOKENS = 400
RATE = 50  # tokens a second
SHARES = ((0.5, "p50", 4, 2), (0.99, "p99", 20, 4))  # with reach and stated floor in ms
OTHERS = "reference app 14 / 49 ms, Open WebUI 16 / 57 ms, Chainlit 308 / 2,719 ms (p50 / p99)"


def measure(bench: Bench) -> list[Figure]:
    answers: dict[str, list[list[float]]] = {side.name: [] for side in bench.sides}
    for _ in range(ANSWERS):
        for side in bench.sides:
            answers[side.name].append(_delays(side))
    figures = []
    for share, name, reach, stated in SHARES:
        ours, floor = (
            [quantile(delays, share) for delays in answers[side]] for side in ("ours", "floor")
        )
        figures.append(
            Figure(
                name=f"Added delay of a token, {name}",
                unit="ms",
                ours=median(ours),
                floor=min(floor),
                reach=reach,
                stated_floor=stated,
                others=OTHERS,
                statistic=f"{name} of {TOKENS} tokens, median of {ANSWERS} answers",
                samples=ours,
                floor_samples=floor,
            )
        )
    return figures


def _delays(side: Side) -> list[float]:
    """Return the delays of one answer in ms, token by token."""
    with side.page("tokens.js") as page:
        page.goto("/", wait_until="networkidle")
        offset = clock(page, page.context.new_cdp_session(page))
        sent = side.ask(page, TOKENS, RATE)
        seen: list[float] = page.evaluate("bench.seen")
        if len(seen) != TOKENS:
            raise RuntimeError(f"{side.name}: {len(seen)} of {TOKENS} tokens came into the page")
        return [(offset - at) * 1000 + shown for at, shown in zip(sent, seen, strict=True)]
