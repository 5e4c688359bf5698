"""What an installation takes: memory of an idle process, and space for its packages.

The process runs as on a platform (`manage.py serve`). Packages for tests are installed too; the one
that libraries import where they find it is hidden from the process. The memory is that after one
page for a signed-in person. The space is that of all packages in `requirements.txt`, compiled, in
blocks of the file system.
"""

from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.bench.figures import Figure
from tests.bench.harness import Bench, in_app
from tests.bench.installed import installed_mb
from tests.bench.usage import resident_mb
from tests.servers.app import app_environment, prepare_database, running_apps
from tests.servers.postgres import running_postgres
from tests.servers.redis import running_redis
from tests.support.people import OWNER

MAX_IDLE_MB = 95
MAX_INSTALLED_MB = 350
LARGEST = 6  # packages that the report names
OTHERS = "Open WebUI 779 MB, Chainlit 125 MB"


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "footprint"
    folder.mkdir()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(folder))
        redis = stack.enter_context(running_redis(folder))
        stores = {
            "SQLite": {"DATABASE_URL": f"sqlite:///{folder}/chat.sqlite3"},
            "Postgres": {"DATABASE_URL": postgres.create_database("one")},
            "Postgres and Redis": {
                "DATABASE_URL": postgres.create_database("joined"),
                "REDIS_URL": redis.url,
            },
        }
        idle = {words: _idle_mb(folder, config_vars) for words, config_vars in stores.items()}
    figures = [
        Figure(
            name=f"Memory idle with {words}, after one page",
            unit="MB",
            ours=memory,
            reach=MAX_IDLE_MB,
            others=OTHERS,
        )
        for words, memory in idle.items()
    ]
    return [*figures, _installed()]


def _idle_mb(folder: Path, config_vars: dict[str, str]) -> float:
    environment = app_environment(
        **config_vars,
        INFERENCE_URL="http://127.0.0.1:9",
        CHAT_LOG_LEVEL="WARNING",
        PYTHONPATH=str(_hiding(folder)),
    )
    prepare_database(environment, OWNER)
    with running_apps(folder, 1, environment) as (app,):
        cookie = in_app(environment, "cookie", OWNER)
        httpx.get(app.url, headers={"cookie": f"sessionid={cookie}"}).raise_for_status()
        return resident_mb(app.pid)


def _hiding(folder: Path) -> Path:
    """Return a folder whose modules stand in for packages that only tests bring along."""
    hidden = folder / "hidden"
    hidden.mkdir(exist_ok=True)
    # httpx and structlog import it for their consoles; no dyno has it.
    (hidden / "rich.py").write_text("raise ImportError\n")
    return hidden


def _installed() -> Figure:
    sizes = installed_mb()
    largest = sorted(sizes, key=lambda name: sizes[name], reverse=True)[:LARGEST]
    return Figure(
        name="Packages installed",
        unit="MB",
        ours=sum(sizes.values()),
        reach=MAX_INSTALLED_MB,
        statistic=", ".join(f"{name} {sizes[name]:.0f}" for name in largest),
    )
