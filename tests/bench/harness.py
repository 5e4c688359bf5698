"""What the rows measure with: the app and the floor on one model server, and a browser for both."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from tests.bench import model
from tests.servers.processes import ROOT, running
from tests.support.people import OWNER
from tests.system.app import App, running_app
from tests.system.browser import launch_arguments

SCRIPTS = Path(__file__).parent / "page"
SLACK_SECONDS = 20  # an answer may take longer than its pace by this
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass(slots=True)
class Model:
    url: str
    pid: int
    numbers: Iterator[int] = field(default_factory=count)

    def new_run(self) -> str:
        return str(next(self.numbers))

    def sent(self, run: str, seconds: float) -> list[float]:
        """Wait for the end of a run and return when each token left, in seconds (CLOCK_MONOTONIC).

        Raises httpx.ReadTimeout when it is not over in time, as when no question arrived.
        """
        times: list[float] = httpx.get(f"{self.url}/sent/{run}", timeout=seconds).json()
        return times

    def sent_so_far(self, run: str) -> list[float]:
        """Return the same at once, also for a run that isn't over or was never asked for."""
        times: list[float] = httpx.get(f"{self.url}/sent-so-far/{run}").json()
        return times


@dataclass(slots=True)
class Side:
    """The app or the floor, as a browser that was never here before meets it."""

    name: str
    url: str
    model: Model
    browser: Browser
    cookie: str = ""

    @contextmanager
    def page(self, *scripts: str, **options: Any) -> Iterator[Page]:
        """Open a page with an empty cache; `scripts` run before those of the page."""
        context = self.browser.new_context(**{"base_url": self.url, **options})
        if self.cookie:
            context.add_cookies([{"name": "sessionid", "value": self.cookie, "url": self.url}])
        for script in scripts:
            context.add_init_script(path=SCRIPTS / script)
        try:
            yield context.new_page()
        finally:
            context.close()

    def ask(self, page: Page, tokens: int, rate: float) -> list[float]:
        """Send a question by Enter, wait for the end of the answer; return when tokens left."""
        run = self.model.new_run()
        page.evaluate("run => window.bench?.watch?.(run)", run)
        box = page.get_by_role("textbox", name="Message")
        box.fill(model.prompt(run, tokens, rate))
        box.press("Enter")
        sent = self.model.sent(run, SLACK_SECONDS + (tokens / rate if rate else 0))
        reply = page.locator("article[data-role=assistant]").last
        expect(reply).to_have_attribute("data-status", "complete", timeout=SLACK_SECONDS * 1000)
        return sent


class Bench:
    """Start everything when a row first asks for it, and end it with `stack`."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self.folder = folder

    @cached_property
    def model(self) -> Model:
        served = self._stack.enter_context(running("tests.bench.model"))
        return Model(served.url, served.pid)

    @cached_property
    def app(self) -> App:
        folder = self.folder / "app"
        folder.mkdir()
        served = running_app(folder, INFERENCE_URL=self.model.url, CHAT_LOG_LEVEL="WARNING")
        return self._stack.enter_context(served)

    @cached_property
    def browser(self) -> Browser:
        playwright = self._stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        self._stack.callback(browser.close)
        return browser

    @cached_property
    def ours(self) -> Side:
        return self.app_as(OWNER)

    @cached_property
    def floor(self) -> Side:
        served = running("tests.bench.floor", self.model.url)
        return Side("floor", self._stack.enter_context(served).url, self.model, self.browser)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.ours, self.floor

    def app_as(self, email: str) -> Side:
        """Return the app with somebody signed in, who is created if missing."""
        return Side("ours", self.app.url, self.model, self.browser, self.in_app("cookie", email))

    def in_app(self, *arguments: object) -> Any:
        """Run a command of `in_app.py` on the app's database."""
        return in_app(self.app.environment, *arguments)


def run_apart[T](work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop in a thread of its own: this one's loop may be the browser's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def in_app(environment: dict[str, str], *arguments: object) -> Any:
    """Run a command of `in_app.py` on the database of an app with this environment."""
    command = [sys.executable, "-m", "tests.bench.in_app", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def clock(page: Page, session: CDPSession) -> float:
    """Return what to add to `performance.now()`, in seconds, to get our `time.monotonic()`.

    Chromium's time ticks are CLOCK_MONOTONIC on Linux, as are Python's, and `performance.now()`
    counts from the start of the navigation, which the browser tells in its own ticks. So there is
    nothing to estimate; the bracketed reading only proves that both clocks are indeed one.
    """
    session.send("Performance.enable")
    start = metrics(session)["NavigationStart"]
    before = time.monotonic()
    now = start + page.evaluate("performance.now()") / 1000
    after = time.monotonic()
    if not before - 0.001 <= now <= after + 0.001:
        raise RuntimeError(f"the page's clock is {now - after:.3f} s off this process's")
    return start


def metrics(session: CDPSession) -> dict[str, float]:
    """Return the browser's counters for a page; times are in seconds."""
    told = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in told}
