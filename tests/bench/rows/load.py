"""Many replies at once on one process: none fails, and each token reaches the socket soon.

Each reply has a person, a conversation and a socket of its own and brings 1,000 tokens at 50 a
second; 50 questions are sent a second. The app (SQLite) runs on one core, the model and the tabs on
the other. A token's delay is from the model, which stamps it as it leaves, to the socket of the
tab; delay and CPU are those of the seconds in which all replies run, unless stated otherwise. A
reply has failed when its tab did not get all of it, or when the database does not hold text and
rendering exactly as the model wrote it. The floor forwards the same streams, without a database,
accounts or Markdown: nginx, or a bare forwarder where it isn't installed. It runs before and after
the app, and the run with the shorter delays counts, because a disturbed floor would excuse ours.
The row "burst" counts sending, ending and titles as well.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from tests.bench.figures import Figure, quantile
from tests.bench.floor.proxy import name as proxy_name
from tests.bench.floor.proxy import running_proxy
from tests.bench.harness import Bench, Model, in_app
from tests.bench.load import HARNESS, SERVERS, Load, Place, load
from tests.servers.processes import pinned, running
from tests.system.app import App, running_app

MANY, SOME = 200, 50
OTHERS_DELAY = (
    "reference app 16 ms at 200, Open WebUI 7 s with a third failed, Chainlit 17 s (all p99)"
)
OTHERS_CPU = "reference app 90–120 ms, Open WebUI 470 ms, Chainlit 420–470 ms"
OTHERS_MEMORY = "Open WebUI 930 MB, Chainlit 165 MB"
OF_PROXY = 4


def measure(bench: Bench) -> list[Figure]:
    with ExitStack() as stack:
        served = stack.enter_context(running("tests.bench.model", core=HARNESS))
        model = Model(served.url, served.pid)
        folder = bench.folder / "load"
        folder.mkdir()
        floor = stack.enter_context(running_proxy(model.url, folder, SERVERS))
        with pinned(SERVERS):
            app = stack.enter_context(
                running_app(folder, INFERENCE_URL=model.url, CHAT_LOG_LEVEL="WARNING")
            )
        bare = [load("floor", [Place(floor.url)] * MANY, model, floor.pid)]
        some, some_failed = _replies(SOME, app, model)
        many, many_failed = _replies(MANY, app, model)
        bare.append(load("floor", [Place(floor.url)] * MANY, model, floor.pid))
    bare.sort(key=lambda run: quantile(run.delays, 0.99))
    return [
        *_common(SOME, some, some_failed),
        Figure(
            name=f"{SOME} replies at once, added delay at the socket, p99",
            unit="ms",
            ours=quantile(some.delays, 0.99),
            reach=60,
            statistic=f"p99 of {len(some.delays):,} tokens",
        ),
        *_common(MANY, many, many_failed),
        *_largest(many, bare),
    ]


def _largest(many: Load, bare: Sequence[Load]) -> list[Figure]:
    delays = [quantile(run.delays, 0.99) for run in bare]
    return [
        Figure(
            name=f"{MANY} replies at once, added delay at the socket, p99",
            unit="ms",
            ours=quantile(many.delays, 0.99),
            floor=delays[0],
            floor_samples=delays,
            reach=80,
            others=OTHERS_DELAY,
            statistic=f"p99 of {len(many.delays):,} tokens",
        ),
        Figure(
            name=f"{MANY} replies at once, CPU per 1,000 tokens",
            unit="ms",
            ours=many.cpu,
            reach=50,
            others=OTHERS_CPU,
            statistic=many.harness_cpu,
        ),
        Figure(
            name=f"{MANY} replies at once, CPU per 1,000 tokens, against {proxy_name()}",
            unit="ms",
            ours=many.cpu,
            floor=bare[0].cpu,
            floor_samples=[run.cpu for run in bare],
            reach=OF_PROXY,
            stated_floor=1,
            floor_name=proxy_name(),
        ),
        Figure(
            name="Memory with 200 replies",
            unit="MB",
            ours=many.servers.peak_mb,
            reach=140,
            others=OTHERS_MEMORY,
            statistic="the most seen, four looks a second",
        ),
    ]


def _replies(count: int, app: App, model: Model) -> tuple[Load, int]:
    """Return one run, and how many of its replies failed."""
    assert app.process
    name = f"load-{count}-"
    cookies = in_app(app.environment, "people", name, count)
    places = [Place(app.url, app.url, cookie) for cookie in cookies]
    came = load("app", places, model, app.process.pid)
    faults = in_app(app.environment, "faults", name, count)
    for line in (*came.result.errors[:3], *faults[:3]):
        print(f"  {count} replies at once: {line}")
    return came, max(came.incomplete, len(faults))


def _common(count: int, came: Load, failed: int) -> list[Figure]:
    begun = f"{count} replies at once"
    return [
        Figure(name=f"{begun}, failed", unit="", ours=failed, reach=0),
        Figure(
            name=f"{begun}, added delay at the socket, p50",
            unit="ms",
            ours=quantile(came.delays, 0.5),
        ),
        Figure(
            name=f"{begun}, the same p99 while they begin and end too",
            unit="ms",
            ours=quantile(came.all_delays, 0.99),
        ),
        Figure(
            name=f"{begun}, CPU per 1,000 tokens with sending, ending and titles",
            unit="ms",
            ours=came.whole_cpu,
            statistic=came.harness_cpu,
        ),
    ]
