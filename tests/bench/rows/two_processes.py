"""Two processes joined by Redis, 150 replies at once over both, each followed in the other.

The same replies as on one process, on Postgres. Each question is sent to one process, which makes
the reply; the tab of its person has its socket at the other, so that every token travels through
Redis. Both processes, Postgres and Redis may use every core, and the harness has only one.
"""

from contextlib import ExitStack
from itertools import cycle

from tests.bench.figures import Figure, quantile
from tests.bench.harness import Bench, Model, in_app
from tests.bench.load import HARNESS, Place, load
from tests.servers.app import app_environment, manage, running_apps
from tests.servers.postgres import running_postgres
from tests.servers.processes import running
from tests.servers.redis import running_redis

REPLIES = 150
NAME = "spread"


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "two_processes"
    folder.mkdir()
    with ExitStack() as stack:
        served = stack.enter_context(running("tests.bench.model", core=HARNESS))
        model = Model(served.url, served.pid)
        environment = app_environment(
            DATABASE_URL=stack.enter_context(running_postgres(folder)).create_database("chat"),
            REDIS_URL=stack.enter_context(running_redis(folder)).url,
            INFERENCE_URL=model.url,
            CHAT_LOG_LEVEL="WARNING",
        )
        manage(environment, "migrate")
        manage(environment, "collectstatic", "--noinput")
        apps = stack.enter_context(running_apps(folder, 2, environment))
        first, second = (app.url for app in apps)
        cookies = in_app(environment, "people", NAME, REPLIES)
        ways = cycle([(first, second), (second, first)])
        places = [Place(*next(ways), cookie) for cookie in cookies]
        came = load("app", places, model)
        faults = in_app(environment, "faults", NAME, REPLIES)
    for line in (*came.result.errors[:3], *faults[:3]):
        print(f"  {REPLIES} replies on two processes: {line}")
    begun = f"{REPLIES} replies on two processes"
    return [
        Figure(name=f"{begun}, failed", unit="", ours=max(came.incomplete, len(faults)), reach=0),
        Figure(
            name=f"{begun}, added delay at the other's socket, p50",
            unit="ms",
            ours=quantile(came.delays, 0.5),
        ),
        Figure(
            name=f"{begun}, added delay at the other's socket, p99",
            unit="ms",
            ours=quantile(came.delays, 0.99),
            reach=150,
            statistic=f"p99 of {len(came.delays):,} tokens; {came.harness_cpu}",
        ),
    ]
