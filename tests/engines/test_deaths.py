"""A browser that dies ends the test at once, with what it printed."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.engines import firefox, webkit
from tests.engines.engine import missing
from tests.engines.programs import ProgramDied

needs_webkit = pytest.mark.skipif(
    bool(missing(*webkit.PROGRAMS)), reason="WebKitWebDriver or Xvfb isn't installed"
)
DIES = "#!/bin/sh\necho 'no such library' >&2\nsleep 0.2\nexit 3\n"
# Answers as Firefox does at first, and dies at the first command.
DIES_LATER = f"""#!{sys.executable}
import json, os, pathlib, sys
from websockets.sync.server import serve

def die(socket):
    socket.recv()
    print("Segmentation fault", flush=True)
    os._exit(11)

with serve(die, "127.0.0.1", 0) as server:
    host, port = server.socket.getsockname()
    profile = pathlib.Path(sys.argv[sys.argv.index("--profile") + 1])
    (profile / {firefox.ADDRESS!r}).write_text(json.dumps({{"ws_host": host, "ws_port": port}}))
    server.serve_forever()
"""


def program(folder: Path, text: str) -> str:
    path = folder / "browser"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "printed"),
    [(DIES, "3: no such library"), (DIES_LATER, "11: Segmentation fault")],
    ids=["at its start", "later"],
)
def test_a_firefox_that_dies_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, printed: str
) -> None:
    monkeypatch.setattr(firefox, "PROGRAMS", (program(tmp_path, text),))

    with (
        pytest.raises(ProgramDied, match=f"has ended with {printed}"),
        firefox.running_firefox(tmp_path),
    ):
        pytest.fail("It has started")


@needs_webkit
def test_a_webkit_that_dies_at_its_start_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = program(tmp_path, DIES)
    monkeypatch.setattr(webkit, "find_browser", lambda: browser)

    with pytest.raises(ProgramDied, match="no such library"), webkit.running_webkit(tmp_path):
        pytest.fail("It has started")


@needs_webkit
@pytest.mark.skipif(not webkit.find_browser(), reason="MiniBrowser isn't installed")
def test_a_webkit_that_dies_later_ends_each_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = webkit.find_browser()
    wrapper = f'#!/bin/sh\necho $$ > {tmp_path}/id\nexec {real} "$@"\n'
    browser = program(tmp_path, wrapper)
    monkeypatch.setattr(webkit, "find_browser", lambda: browser)

    with webkit.running_webkit(tmp_path) as engine:
        os.kill(int((tmp_path / "id").read_text()), signal.SIGKILL)
        with pytest.raises(ProgramDied):
            engine.wait_for("() => false")
