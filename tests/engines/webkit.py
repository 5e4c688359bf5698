"""WebKitGTK over W3C WebDriver: JSON over HTTP to the driver that Debian packages beside it."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import IO, Any

import httpx

from tests.engines.engine import POLL_SECONDS, START_SECONDS, Engine, EngineError
from tests.engines.programs import Program
from tests.servers.ports import free_port

PROGRAMS = ("WebKitWebDriver", "Xvfb")
BROWSER = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
ANSWER_SECONDS = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's name for a reference
# WebDriver has no log and no scripts that run before a page's own. So each command first makes the
# page collect its errors, beginning while it loads.
CALL = """
const errors = window.consoleErrors ??= (() => {
    const errors = [], write = console.error;
    console.error = (...all) => { errors.push(all.join(" ")); write.apply(console, all); };
    addEventListener("error", (event) => errors.push(`${event.message} ${event.filename ?? ""}`));
    addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
    addEventListener("securitypolicyviolation", (event) =>
        errors.push(`CSP: ${event.violatedDirective} refuses ${event.blockedURI}`));
    return errors;
})();
const result = (%s)(...arguments);
return JSON.stringify({ result: result ?? null, errors: errors.splice(0) });
"""


class WebKit(Engine):
    """WebKit's small browser, without anything stored."""

    def __init__(self, driver: httpx.Client, program: Program) -> None:
        self._errors: list[str] = []
        self._driver = driver
        self._program = program
        self._session = ""
        self._session = f"/session/{self._post('/session', **_wanted())['sessionId']}"
        self._post("/window/rect", width=1280, height=800)

    def open(self, url: str) -> None:
        self._load("/url", url=url)

    def reload(self) -> None:
        self._load("/refresh")

    def evaluate(self, function: str, *arguments: Any) -> Any:
        answer = json.loads(self._post("/execute/sync", script=CALL % function, args=arguments))
        self._errors += answer["errors"]
        return answer["result"]

    def perform(self, source: dict[str, Any]) -> None:
        self._post("/actions", actions=[source])

    def choose_file(self, selector: str, path: Path) -> None:
        element = self._post("/element", using="css selector", value=selector)[ELEMENT]
        self._post(f"/element/{element}/value", text=str(path))

    def console_errors(self) -> list[str]:
        self.evaluate("() => null")
        errors, self._errors = self._errors, []
        return errors

    def _load(self, path: str, **parameters: Any) -> None:
        # The driver doesn't wait for the page, so that it collects errors from its beginning on.
        self.evaluate("() => { window.isOld = true; }")
        self._post(path, **parameters)
        self.wait_for("() => document.readyState === 'complete' && !window.isOld")

    def _post(self, path: str, **parameters: Any) -> Any:
        try:
            answer = self._driver.post(self._session + path, json=parameters)
        except (httpx.NetworkError, httpx.ProtocolError):
            self._program.check_after_break()
            raise
        value = answer.json()["value"]
        if answer.is_error:
            raise EngineError(f"{path}: {value['error']}: {value['message']}")
        return value


@contextmanager
def running_webkit(folder: Path) -> Iterator[WebKit]:
    """Run WebKit on a screen of its own until the block ends; its log is in `folder`."""
    port, log_file = free_port(), folder / "webkit.log"
    command = ["WebKitWebDriver", f"--port={port}"]
    with log_file.open("wb") as log, _screen(log_file, log) as display:
        environment = os.environ | {"DISPLAY": display}
        environment.pop("WAYLAND_DISPLAY", None)  # it would be used instead
        with (
            subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_SECONDS) as driver,
        ):
            program = Program(process, log_file)
            watch = program.end_with_child()
            try:
                _wait_until_ready(driver, program)
                yield WebKit(driver, program)
            finally:
                process.terminate()  # and its browser with it
                watch.join()


@contextmanager
def _screen(log_file: Path, log: IO[bytes]) -> Iterator[str]:
    """Run a screen that nobody sees; return its name."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as process:
        try:
            assert process.stdout
            name = process.stdout.readline().decode().strip()
            if not name:
                Program(process, log_file).check_after_break()
            yield f":{name}"
        finally:
            process.terminate()


def _wait_until_ready(driver: httpx.Client, program: Program) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            driver.get("/status").raise_for_status()
        except httpx.TransportError:
            program.check()
            assert time.monotonic() < deadline, "WebKitWebDriver doesn't answer"
            time.sleep(POLL_SECONDS)
        else:
            return


def find_browser() -> str | None:
    return next(iter(sorted(glob(BROWSER), reverse=True)), None)


def _wanted() -> dict[str, Any]:
    options = {"binary": find_browser(), "args": ["--automation"]}
    wanted = {
        "browserName": "MiniBrowser",
        "pageLoadStrategy": "none",
        "webkitgtk:browserOptions": options,
    }
    return {"capabilities": {"alwaysMatch": wanted}}
