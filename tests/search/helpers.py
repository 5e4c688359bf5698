"""What the tests of search share: chats that are written at once, and what is found."""

import re
from datetime import UTC
from typing import Any

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, add_exchange
from chatapp.search.results import Results, search
from tests.support.replies import complete, new_message

STRANGE = [
    "AND OR NOT",
    "NEAR(a b)",
    '"',
    "'",
    "a* ^b -c +d",
    "tokens:a",
    "'; DROP TABLE search_searchentry; --",
    "a & b | !c <-> d:*",
    "\\'\\",
    "a\0b",
    "(((",
    "a" * 10_000,
    "x",
    "-",
    "!?…",
    "~o/1 ~image",
    "%s %(owner)s {0}",
    "\ud83d",
    "in:\0 before:\0",
    "in:" + "w " * 40,
    "ﷺ ",
    "⑴⑵ ",
    "ͺ ゛ in:ﷺ model:ﷺ",
    '-"',
    "::tsquery",
]

MARKED = re.compile(r"<mark>(.*?)</mark>")


def said(person: Person, text: str, answer: str = "Fine.", **chosen: Any) -> Exchange:
    """Add an exchange to a chat, a new one unless `conversation` names one; its reply has ended."""
    added = add_exchange(person, new_message(text, **chosen))
    complete(added.reply, answer)
    return added


def find(person: Person, text: str, older: int | None = None) -> Results:
    return search(person, text, UTC, older)


def texts(person: Person, query: str) -> list[str]:
    """Return the texts of the messages that are found, the newest first."""
    return [found.message.text for found in find(person, query).messages if found.message]


def titles(person: Person, query: str) -> list[str]:
    return [found.conversation.title for found in find(person, query).titles]


def marked(html: str) -> list[str]:
    return MARKED.findall(html)
