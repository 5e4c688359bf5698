"""A server has done everything that it does once before it answers anybody."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

# Neither page needs a database. The second is made from templates.
SCRIPT = """
import asyncio, sys
from django.template import base, engines
from chatapp.asgi import application

compiled = []
compile_nodes = base.Template.compile_nodelist
base.Template.compile_nodelist = lambda self: compiled.append(self.name) or compile_nodes(self)

async def answer(path):
    async def receive():
        return await asyncio.Event().wait() if read else read.append(1) or {"type": "http.request"}

    async def send(event):
        pass

    read, headers = [], [(b"host", b"127.0.0.1"), (b"accept", b"text/html")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b""}
    await application(scope | {"scheme": "http", "headers": headers}, receive, send)

async def main():
    async def receive():
        return await asyncio.Event().wait() if read else read.append(1)

    async def send(event):
        started.set()

    read, started = [], asyncio.Event()
    serving = asyncio.create_task(application({"type": "lifespan"}, receive, send))
    await started.wait()
    before = set(sys.modules)
    compiled.clear()
    await answer("/healthz")
    await answer("/nothing")
    new = {name for name in set(sys.modules) - before if name.startswith(("chatapp", "allauth"))}
    print(*sorted(new), *compiled)
    serving.cancel()

asyncio.run(main())
"""


def test_the_first_request_imports_no_view_and_compiles_no_template(tmp_path: Path) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "chatapp.settings",
        "SECRET_KEY": "only for tests",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        "CHAT_LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-c", SCRIPT]

    done = subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().split() == []
