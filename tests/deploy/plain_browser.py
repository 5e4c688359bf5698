"""A browser that runs no scripts: pages, the forms on them, and looking again while a reply runs.

It reads the pages of two releases, so it relies on what stays: roles, states and parts of messages,
and the names of fields. A Session (`tests/support/session.py`) posts what the scripts of one
release post.
"""

import re
import time
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import httpx

from tests.support.markup import RUNNING

FORM = re.compile(r"<form(?P<tag>[^>]*)>(?P<fields>.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
VOID = ("br", "hr", "img", "input")  # tags without an end
PATIENCE = 20  # seconds for the end of a reply
POLL_SECONDS = 0.05


@dataclass(slots=True)
class Said:
    role: str
    status: str
    text: str = ""


class PlainBrowser:
    """Shows one page. One client can use several processes, because cookies ignore ports."""

    def __init__(self, http: httpx.Client, url: str) -> None:
        self._http = http
        self.open(url)

    def open(self, url: str) -> None:
        self._page = self._http.get(url).raise_for_status()

    def go_to(self, url: str) -> None:
        """Open the page with the same path at another process."""
        self.open(url + self._page.url.path)

    def fill_in(self, **typed: str) -> None:
        """Send the form that has these fields, together with its hidden ones."""
        names = [f'name="{name}"' for name in typed]
        found = [
            form
            for form in FORM.finditer(self._page.text)
            if all(name in form["fields"] for name in names)
        ]
        assert found, f"{self._page.url} has no form with {', '.join(typed)}:\n{self._page.text}"
        action = ACTION.search(found[0]["tag"])
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(found[0]["fields"])}
        url = self._page.url.join(unescape(action[1]) if action else "")
        self._page = self._http.post(url, data=hidden | typed).raise_for_status()

    def read(self) -> list[Said]:
        """Return the messages on the page once the reply has ended."""
        deadline = time.monotonic() + PATIENCE
        while any(said.status in RUNNING for said in self._shown):
            assert time.monotonic() < deadline, f"The reply does not end: {self._shown}"
            time.sleep(POLL_SECONDS)
            self.open(str(self._page.url))
        return self._shown

    @property
    def _shown(self) -> list[Said]:
        reader = _Reader()
        reader.feed(self._page.text)
        return reader.conversation


class _Reader(HTMLParser):
    """Collects the messages of a page with their texts, of which `_depth` counts the open tags."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation: list[Said] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._depth and tag not in VOID:
            self._depth += 1
        elif values.get("data-part") == "text":
            self._depth = 1
        elif values.get("data-message"):  # empty in the pattern for those on their way
            self.conversation.append(Said(values["data-role"], values["data-status"]))

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in VOID:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.conversation[-1].text += data.strip()
