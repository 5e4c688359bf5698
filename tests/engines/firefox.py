"""Firefox over WebDriver BiDi: JSON on a websocket that the browser itself opens."""

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.engines.engine import POLL_SECONDS, START_SECONDS, Engine, EngineError
from tests.engines.programs import Program

PROGRAMS = ("firefox-esr",)
ANSWER_SECONDS = 30
ADDRESS = "WebDriverBiDiServer.json"  # Firefox writes it into the profile once it listens
# Or it asks its maker's hosts for experiments and settings.
PREFERENCES = """
user_pref("app.normandy.enabled", false);
user_pref("nimbus.rollouts.enabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
"""


class Firefox(Engine):
    """Firefox without windows."""

    def __init__(self, socket: ClientConnection, program: Program) -> None:
        self._program = program
        self._ids = itertools.count(1)
        self._errors: list[str] = []
        self._socket = socket
        self._command("session.new", capabilities={})
        self._tab = self._command("browsingContext.getTree")["contexts"][0]["context"]
        self._command("session.subscribe", events=["log.entryAdded"])
        size = {"width": 1280, "height": 800}
        self._command("browsingContext.setViewport", context=self._tab, viewport=size)

    def open(self, url: str) -> None:
        self._command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def reload(self) -> None:
        self._command("browsingContext.reload", context=self._tab, wait="complete")

    def evaluate(self, function: str, *arguments: Any) -> Any:
        wrapped = f"(given) => JSON.stringify(({function})(...JSON.parse(given)) ?? null)"
        return json.loads(self._call(wrapped, json.dumps(arguments))["value"])

    def perform(self, source: dict[str, Any]) -> None:
        self._command("input.performActions", context=self._tab, actions=[source])

    def choose_file(self, selector: str, path: Path) -> None:
        element = self._call("(selector) => document.querySelector(selector)", selector)
        files = {"element": {"sharedId": element["sharedId"]}, "files": [str(path)]}
        self._command("input.setFiles", context=self._tab, **files)

    def console_errors(self) -> list[str]:
        self._call("() => null", "")  # the entries so far come before its answer
        errors, self._errors = self._errors, []
        return errors

    def _call(self, function: str, argument: str) -> dict[str, Any]:
        answer = self._command(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": argument}],
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise EngineError(answer["exceptionDetails"]["text"])
        return dict(answer["result"])

    def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        try:
            message = self._exchange({"id": number, "method": method, "params": parameters})
        except ConnectionClosed:
            self._program.check_after_break()
            raise
        if message["type"] == "error":
            raise EngineError(f"{method}: {message['message']}")
        return dict(message["result"])

    def _exchange(self, command: dict[str, Any]) -> dict[str, Any]:
        self._socket.send(json.dumps(command))
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(ANSWER_SECONDS))
            if message.get("id") == command["id"]:
                return message
            self._note(message)

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "log.entryAdded" and event["params"]["level"] == "error":
            frames = event["params"].get("stackTrace", {}).get("callFrames", [])
            places = [f"{frame['url']}:{frame['lineNumber'] + 1}" for frame in frames]
            self._errors.append(" < ".join([event["params"]["text"], *places]))


@contextmanager
def running_firefox(folder: Path) -> Iterator[Firefox]:
    """Run Firefox until the block ends; its profile and its log are in `folder`."""
    log_file = folder / "firefox.log"
    (folder / "user.js").write_text(PREFERENCES)
    arguments = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", folder]
    with (
        log_file.open("wb") as log,
        subprocess.Popen([*PROGRAMS, *arguments], stdout=log, stderr=log) as process,
    ):
        try:
            program = Program(process, log_file)
            with connect(_address(folder, program), max_size=None, proxy=None) as socket:
                yield Firefox(socket, program)
        finally:
            process.terminate()


def _address(folder: Path, program: Program) -> str:
    file, deadline = folder / ADDRESS, time.monotonic() + START_SECONDS
    while not file.exists() or not file.read_text():
        program.check()
        assert time.monotonic() < deadline, (folder / "firefox.log").read_text()
        time.sleep(POLL_SECONDS)
    server = json.loads(file.read_text())
    return f"ws://{server['ws_host']}:{server['ws_port']}/session"
