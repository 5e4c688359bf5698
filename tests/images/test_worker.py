"""What the worker process is allowed and what it knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.images.worker_queue import ImageWorkerQueue
from chatapp.workers.process import ROOT

from .samples import corners, encoded, ended

IMAGE = encoded(corners(), "PNG")
APP = """
import sys
from chatapp.images.worker_queue import ImageWorkerQueue

queue = ImageWorkerQueue()
queue.submit(bytes.fromhex(sys.argv[1])).result()
print(queue.pid, flush=True)
input()
"""


def test_the_worker_ends_with_a_killed_app() -> None:
    app = subprocess.Popen(
        [sys.executable, "-c", APP, IMAGE.hex()],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert app.stdin
    assert app.stdout
    worker = int(app.stdout.readline())
    with app.stdin, app.stdout:
        app.kill()
        app.wait()

    assert ended(worker)


def test_the_worker_has_little_to_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFERENCE_KEY", "a key nobody may see")
    with open(os.devnull) as inherited:
        os.set_inheritable(inherited.fileno(), True)
        queue = ImageWorkerQueue()
        queue.submit(IMAGE).result(timeout=10)
        proc = Path(f"/proc/{queue.pid}")
        environment = (proc / "environ").read_bytes()
        limits = (proc / "limits").read_text()
        files = [os.readlink(file) for file in (proc / "fd").iterdir()]
    queue.close()

    assert b"PATH=" in environment
    assert b"INFERENCE_KEY" not in environment
    assert not {name for name in files if "socket" in name or os.devnull in name}
    assert [line.split()[4:6] for line in limits.splitlines() if "core file" in line] == [
        ["0", "0"]
    ]
    assert "Max data size             285212672            285212672" in limits


def test_the_worker_imports_neither_django_nor_settings() -> None:
    code = (
        "import sys, chatapp.images.worker.__main__;"
        "print([name for name in sys.modules if name.split('.')[0] in {'django', 'environs'}"
        " or name == 'chatapp.settings'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
