"""2,000 idle sockets on one process.

Each belongs to another person, and all have received a heartbeat. The memory is that of the whole
web process on SQLite; the growth per socket is counted from before the first was opened.
"""

import select
from contextlib import ExitStack

from tests.bench.crowd import PULSE_PATIENCE, Member, Plan, crowd
from tests.bench.figures import Figure
from tests.bench.harness import Bench, in_app
from tests.bench.load import HARNESS, SERVERS
from tests.bench.usage import resident_mb
from tests.servers.processes import pinned
from tests.system.app import running_app

SOCKETS = 2000
OPENING_SECONDS = 60


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "idle"
    folder.mkdir()
    with ExitStack() as stack:
        with pinned(SERVERS):
            app = stack.enter_context(running_app(folder, CHAT_LOG_LEVEL="WARNING"))
        assert app.process
        cookies = in_app(app.environment, "people", "idle", SOCKETS)
        before = resident_mb(app.process.pid)
        plan = Plan("idle", [Member(app.url, cookie=cookie) for cookie in cookies])
        process = stack.enter_context(crowd(plan, HARNESS))
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], OPENING_SECONDS + PULSE_PATIENCE)
        if not (ready and process.stdout.readline()):
            raise RuntimeError("not every socket was opened and heard a pulse")
        after = resident_mb(app.process.pid)
    return [
        Figure(name=f"Memory with {SOCKETS:,} idle sockets", unit="MB", ours=after, reach=200),
        Figure(name="Memory per idle socket", unit="KB", ours=(after - before) * 1024 / SOCKETS),
    ]
