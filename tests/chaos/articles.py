"""Keep the messages of a page as `thread.js` and `replies.js` do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.chaos.record import Shown
from tests.chaos.reply_text import Blocks, Changes, ReplyText, blocks_of, joined
from tests.support.markup import (
    ACTION_URL,
    DECISION_URL,
    HIDDEN_FROM,
    RUNNING,
    TOOL_CALL_STATE,
    VERSION_URL,
)

ARTICLE = re.compile(r'<article class="message.*?</article>', re.DOTALL)
ATTRIBUTE = re.compile(r' data-([a-z-]+)="([^"]*)"')
BUBBLE = re.compile(r'data-part="text" dir="auto">(.*?)</div>', re.DOTALL)
UNDECIDED = ("awaiting_approval", "unknown")


@dataclass(slots=True)
class Article:
    """A message on a page: `blocks` is the HTML of a reply, `text` what a person wrote."""

    data: dict[str, str]
    acts: dict[str, str]  # what a person may ask of it, with the address
    blocks: Blocks = field(default_factory=list)
    text: str = ""
    asks: list[str] = field(default_factory=list)  # where to say whether a call may be made
    about: str = ""  # the state of the first call that is asked about
    calls: tuple[str, ...] = ()  # their states
    versions: list[str] = field(default_factory=list)  # where to show the ones beside it

    @property
    def id(self) -> str:
        return self.data["message"]

    @property
    def status(self) -> str:
        return self.data["status"]

    @property
    def is_reply(self) -> bool:
        return self.data["role"] == "assistant"

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def attempt(self) -> int:
        return int(self.data["attempt"])

    @property
    def position(self) -> int:
        return int(self.data["position"])

    @property
    def size(self) -> int:
        """Return the length of the HTML in UTF-16 units."""
        return sum(map(len, self.blocks)) // 2

    @property
    def html(self) -> str:
        return joined(self.blocks) if self.is_reply else self.text

    @property
    def shown(self) -> Shown:
        return Shown(self.id, self.data["role"], self.status, self.attempt, self.html, self.calls)


def parse(html: str) -> list[Article]:
    """Return the messages in a piece of HTML, without the page's template for pending ones."""
    articles = [_article(found[0]) for found in ARTICLE.finditer(html)]
    return [article for article in articles if article.id]


def _article(html: str) -> Article:
    opening = html[: html.index(">")]
    article = Article(
        dict(ATTRIBUTE.findall(opening)),
        {act: url for url, act in ACTION_URL.findall(html)},
        versions=VERSION_URL.findall(html),
    )
    if article.is_reply:
        article.blocks = blocks_of(html)
        article.asks, article.calls = (
            DECISION_URL.findall(html),
            tuple(TOOL_CALL_STATE.findall(html)),
        )
        article.about = next((one for one in article.calls if one in UNDECIDED), "")
    else:
        bubble = BUBBLE.search(html)
        article.text = unescape(bubble[1]) if bubble else ""
    return article


class Articles:
    """All messages of a page. `ask` is called with the id of a reply whose state is needed."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        self.known: dict[str, Article] = {}
        self.texts: dict[str, ReplyText] = {}  # of running replies, and of some not shown yet
        self._ask = ask
        self._tracked: set[str] = set()
        self._replaced: set[str] = set()

    @property
    def in_order(self) -> list[Article]:
        return sorted(self.known.values(), key=lambda article: article.position)

    @property
    def last(self) -> Article | None:
        return max(self.known.values(), key=lambda article: article.position, default=None)

    @property
    def running(self) -> list[Article]:
        return [article for article in self.known.values() if article.is_running]

    def insert(self, html: str) -> None:
        """Show messages; before them may stand from where on another branch is shown now."""
        if hidden := HIDDEN_FROM.search(html):
            self._replaced.clear()
            self._hide_from(int(hidden[1]))
        for article in parse(html):
            self._place(article)

    def confirm(self, html: str) -> None:
        """Show the answer to a send, except for messages that the socket has updated since."""
        for article in parse(html):
            if article.id not in self.known:
                self._place(article)

    def insert_new(self, html: str, replaces: str | None) -> None:
        if replaces:
            article = parse(html)[0]
            if article.id not in self.known:
                self._hide_from(article.position)
            self._replaced.add(replaces)
        self.insert(html)

    def patch(self, patch: Mapping[str, Any]) -> None:
        text = self.texts.setdefault(patch["reply"], ReplyText())
        self._show(patch["reply"], text.receive(patch))

    def adopt(self, state: Mapping[str, Any]) -> None:
        """Show the state of a reply; a stale state changes nothing."""
        reply, html = state["reply"], state["html"]
        text = self.texts.get(reply)
        changes = text.adopt(state["attempt"], state["sequence"], blocks_of(html)) if text else None
        if changes:
            self._update(parse(html)[0])
            self._show(reply, changes)

    def forget(self, reply: str) -> None:
        self.texts.pop(reply, None)
        self._tracked.discard(reply)

    def is_behind(self, reply: str) -> bool:
        return reply in self.texts and self.texts[reply].behind

    def _hide_from(self, position: int) -> None:
        for article in self.in_order:
            if article.position >= position:
                del self.known[article.id]
                self.forget(article.id)

    def _place(self, article: Article) -> None:
        if article.id in self._replaced:
            return
        known = self.known.get(article.id)
        if known is None:
            self._add(article)
        elif self._is_news(known, article):
            self._update(article)

    def _add(self, article: Article) -> None:
        # Two replies in a row are versions of one, of which the newer is shown.
        for other in self.in_order:
            if article.is_reply and other.is_reply and other.position == article.position:
                del self.known[other.id]
                self.forget(other.id)
        self._update(article)

    def _is_news(self, known: Article, article: Article) -> bool:
        if article.is_running:
            return not known.is_running and article.attempt > known.attempt
        text = self.texts.get(article.id)
        return article.attempt >= (text.attempt if text else 0)

    def _update(self, article: Article) -> None:
        self.known[article.id] = article
        if not (article.is_reply and article.is_running):
            self.forget(article.id)
        elif article.id not in self._tracked:
            self._tracked.add(article.id)
            text = self.texts.setdefault(article.id, ReplyText())
            sequence = int(article.data["sequence"])
            blocks = None if sequence else article.blocks
            self._show(article.id, text.adopt(article.attempt, sequence, blocks))

    def _show(self, reply: str, changes: Changes | None) -> None:
        text, article = self.texts.get(reply), self.known.get(reply)
        if text is None:
            return
        if changes and changes.status and article and text.blocks is not None:
            _paint(article, text.blocks, changes)
        if article and text.behind:
            self._ask(reply)


def _paint(article: Article, blocks: Blocks, changes: Changes) -> None:
    for index in sorted(changes.indexes):
        if index < len(blocks):
            if index == len(article.blocks):
                article.blocks.append(b"")
            article.blocks[index] = blocks[index]
    del article.blocks[len(blocks) :]
    article.data["status"] = changes.status
