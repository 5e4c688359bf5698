"""Read along in a real browser, and compare what it shows at the end with a reload."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from http.cookiejar import CookieJar
from typing import Any

from playwright.async_api import Browser, Error, Page, async_playwright

from tests.chaos.record import Record, Shown
from tests.system.browser import launch_arguments

REST = 20_000  # ms in which the page comes to show what the others show
SHOWN = """
() => [...document.querySelectorAll("article:not([data-message=''])")].map(
  ({ dataset, children }) => [dataset.message, dataset.status,
    [...children].find(part => part.dataset.part === "text").textContent])
"""
IS_AT_REST = f"ends => JSON.stringify(({SHOWN})().map(([id, end]) => [id, end])) === ends"


class Reader:
    """Reads one conversation at a time; other conversations are skipped meanwhile."""

    def __init__(self, browser: Browser, url: str, record: Record) -> None:
        self._browser = browser
        self._url = url
        self._record = record
        self._page: Page | None = None
        self._conversation = ""

    async def begin(self, conversation: str, cookies: CookieJar) -> None:
        if self._conversation:
            return
        self._conversation = conversation
        context = await self._browser.new_context(base_url=self._url)
        for cookie in cookies:
            await context.add_cookies(
                [{"name": cookie.name, "value": cookie.value, "url": self._url}]
            )
        self._page = await context.new_page()
        self._page.on("pageerror", lambda error: self._complain(f"the page threw {error}"))
        await self._load(f"/c/{conversation}/")

    async def end(self, conversation: str, shown: Sequence[Shown]) -> None:
        """Compare, when it has read this conversation; `shown` is what other pages show."""
        if conversation != self._conversation or self._page is None:
            return
        live = await self._at_rest(shown)
        await self._load(f"/c/{conversation}/")
        fresh = await self._page.evaluate(SHOWN)
        if live != fresh:
            self._complain(f"it shows {live}, and after a reload {fresh}")
        self._record.browsed += 1
        await self._page.context.close()
        self._conversation, self._page = "", None

    async def _at_rest(self, shown: Sequence[Shown]) -> Any:
        assert self._page
        ends = ",".join(f'["{message.id}","{message.status}"]' for message in shown)
        with suppress(Error):  # then the comparison tells more
            await self._page.wait_for_function(IS_AT_REST, arg=f"[{ends}]", timeout=REST)
        return await self._page.evaluate(SHOWN)

    async def _load(self, path: str) -> None:
        """Load the page, as often as it takes: a server may be away just now."""
        assert self._page
        while True:
            with suppress(Error):
                answer = await self._page.goto(path)
                if answer and answer.ok:
                    return
            await self._page.wait_for_timeout(1000)

    def _complain(self, problem: str) -> None:
        self._record.complaints.append(f"browser on {self._conversation}: {problem}")


@asynccontextmanager
async def reading(url: str, record: Record) -> AsyncIterator[Reader]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        yield Reader(browser, url, record)
        await browser.close()
