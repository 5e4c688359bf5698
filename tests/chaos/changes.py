"""What people do with versions: edit, regenerate, switch, branch off, delete and undo.

Each request is repeated until a process answers, with the ids of the first time.
"""

import random
import uuid
from collections.abc import Callable

from tests.chaos.articles import Article, parse
from tests.chaos.question import Question
from tests.chaos.record import Act, Copy, Record
from tests.chaos.tab import Tab

CHANGES = ("edit", "regenerate", "switch", "branch off", "delete", "delete")
KINDS = (
    *("message edited", "reply regenerated", "version switched", "chat branched off"),
    *("version deleted", "deletion undone"),
)
UNDONE = 0.5  # share of the deletions


class Changes:
    """What one conversation's person does with versions on a page."""

    def __init__(self, conversation: str, record: Record, chance: random.Random) -> None:
        self._id = conversation
        self._record = record
        self._chance = chance

    def choose(self) -> str:
        return self._chance.choice(CHANGES)

    def message_to_edit(self, tab: Tab) -> Article | None:
        return self._one_of(tab, lambda article: not article.is_reply)

    async def regenerate(self, tab: Tab) -> tuple[Question, str] | None:
        """Return the question and the id of a further reply to it."""
        reply = self._one_of(tab, lambda article: article.is_reply)
        asked = self._question(tab, reply) if reply else None
        if reply is None or asked is None:
            return None
        self._record.acts.append(Act("regenerate", asked.run, reply.id, tab.now))
        fields = {"version": self._new_id(), "head": _head(tab)}
        status, answer = await tab.post(f"/c/{self._id}/replies/{reply.id}/regeneration", **fields)
        if status != 201:
            await self._note_refusal(tab, status)
            return None
        self._record.changes.append("reply regenerated")
        tab.articles.insert_new(answer["html"], answer["replaces"])
        return asked, parse(answer["html"])[0].id

    async def switch(self, tab: Tab) -> None:
        article = self._one_of(tab, lambda article: bool(article.versions))
        if article:
            status, _answer = await tab.post(self._chance.choice(article.versions))
            await self._note(tab, status, "version switched")

    async def branch_off(self, tab: Tab) -> None:
        article = self._one_of(tab, lambda article: True)
        if article is None:
            return
        new = self._new_id()
        path = f"/c/{self._id}/messages/{article.id}/branch"
        status, _answer = await tab.post(path, conversation=new)
        if await self._note(tab, status, "chat branched off"):
            self._record.copies.append(Copy(new, article.id))

    async def delete(self, tab: Tab) -> None:
        article = self._one_of(tab, lambda article: bool(article.versions))
        if article is None:
            return
        path = f"/c/{self._id}/messages/{article.id}/version"
        status, _answer = await tab.post(f"{path}-deletion", head=_head(tab))
        if not await self._note(tab, status, "version deleted"):
            return
        self._record.deletions[article.id] = True
        if self._chance.random() < UNDONE:
            status, _answer = await tab.post(f"{path}-restoration")
            if await self._note(tab, status, "deletion undone"):
                self._record.deletions[article.id] = False

    async def _note(self, tab: Tab, status: int, kind: str) -> bool:
        """Record a change that was made, and show it."""
        if status >= 300:
            await self._note_refusal(tab, status)
            return False
        self._record.changes.append(kind)
        await tab.catch_up_soon(0)
        return True

    async def _note_refusal(self, tab: Tab, status: int) -> None:
        if status != 409:
            self._record.complaints.append(f"{tab.name}: a change got {status}")
        await tab.catch_up_soon(0)

    def _one_of(self, tab: Tab, may: Callable[[Article], bool]) -> Article | None:
        found = [article for article in tab.articles.in_order if may(article)]
        return self._chance.choice(found) if found and not tab.articles.running else None

    def _question(self, tab: Tab, reply: Article) -> Question | None:
        before = [one for one in tab.articles.in_order if one.position == reply.position - 1]
        return Question.parse(before[0].text) if before else None

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def _head(tab: Tab) -> str:
    return tab.articles.last.id if tab.articles.last else ""
