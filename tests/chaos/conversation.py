"""Act as people do: write, read, lose patience, reload, open a second page, try again."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chaos.articles import Article, parse
from tests.chaos.changes import Changes
from tests.chaos.plan import Plan
from tests.chaos.question import Question
from tests.chaos.real_browser import Reader
from tests.chaos.record import Act, Decision, Fault, Record, Sent
from tests.chaos.tab import AGAIN, Tab
from tests.chaos.words import seen
from tests.support.session import Session

PATIENCE = 120.0  # seconds to wait for the end of a reply; then the checker reports it
REST = 20.0  # seconds until all pages of a conversation must show the same
MAX_TRIES = 4  # at one reply that ended badly
AGAIN_AFTER_STOP = 0.6  # share of stopped replies that are continued or tried again
UNITS_PER_WORD = 25  # of HTML, roughly
DECISIONS = ("allow", "allow", "allow", "always", "deny")
STOP_INSTEAD = 0.1  # share of the questions about a call that are answered with Stop


@dataclass(slots=True)
class Habits:
    """What all conversations of a run share."""

    plan: Plan
    record: Record
    runs: Iterator[str]
    chance: random.Random
    reader: Reader | None = None


class Conversation:
    """One conversation of a person from its first message to the end of its last reply."""

    def __init__(self, person: Session, habits: Habits) -> None:
        self.id = str(uuid.UUID(int=habits.chance.getrandbits(128), version=4))
        self.tabs: list[Tab] = []
        self._person = person
        self._plan = habits.plan
        self._record = habits.record
        self._runs = habits.runs
        self._chance = habits.chance
        self._reader = habits.reader
        self._changes = Changes(self.id, habits.record, habits.chance)

    async def hold(self) -> None:
        try:
            tab = await self._open(new=True)
            for _ in range(self._chance.randint(*self._plan.turns)):
                run = next(self._runs)
                question = self._plan.question(run, self._chance)
                reply = await self._send(tab, question)
                if reply is None:
                    break
                if self._reader:
                    await self._reader.begin(self.id, self._person.http.cookies.jar)
                await self._read(tab, question, reply)
                if self._chance.random() < self._plan.change:
                    await self._change(tab)
                if self._chance.random() < self._plan.second:
                    tab = await self._open()
        finally:
            await self._leave()

    async def _open(self, *, new: bool = False) -> Tab:
        name = f"page {len(self.tabs) + 1} of {self.id}"
        tab = Tab(name, self._person, self._record)
        self.tabs.append(tab)
        await tab.open(self.id, new=new)
        return tab

    async def _change(self, tab: Tab) -> None:
        """Do something with a version, and read the reply that comes of it."""
        changes, kind = self._changes, self._changes.choose()
        made: tuple[Question, str] | None = None
        if kind == "edit" and (message := changes.message_to_edit(tab)):
            question = self._plan.question(next(self._runs), self._chance)
            if reply := await self._send(tab, question, message.id):
                self._record.changes.append("message edited")
                made = question, reply
        elif kind == "regenerate":
            made = await changes.regenerate(tab)
        elif kind == "switch":
            await changes.switch(tab)
        elif kind == "branch off":
            await changes.branch_off(tab)
        elif kind == "delete":
            await changes.delete(tab)
        if made:
            await self._read(tab, *made)

    async def _send(self, tab: Tab, question: Question, edited: str = "") -> str | None:
        """Send until accepted, with a new id after each refusal; return the id of the reply.

        With `edited` it is a version of that message, as long as the page shows it.
        """
        path = f"/c/{self.id}/messages" + (f"/{edited}/edit" if edited else "")
        while await tab.until(lambda: not tab.articles.running, PATIENCE):
            if edited and edited not in tab.articles.known:
                return None
            sent = Sent(str(uuid.uuid4()), self.id, question.run, str(question), question.words)
            self._record.sent.append(sent)
            parent = tab.articles.last
            status, answer = await tab.post(
                path,
                client_id=sent.client_id,
                conversation=self.id,
                text=sent.text,
                parent=parent.id if parent else "",
            )
            if status in (200, 201):
                sent.answer = "accepted"
                if edited:
                    tab.articles.insert_new(answer["messages"], edited)
                tab.articles.confirm(answer["messages"])
                return parse(answer["messages"])[-1].id
            sent.answer = "refused"
            if status != 409:
                self._record.complaints.append(f"{tab.name}: a send got {status}: {answer}")
                return None
            await tab.catch_up_soon(AGAIN)
        return None

    async def _read(self, tab: Tab, question: Question, reply: str) -> None:
        """Follow a reply to its end, and retry or continue it when it ended early."""
        whim = self._whim()
        at = self._chance.randint(0, question.words * UNITS_PER_WORD)
        tries = 0
        while tries < MAX_TRIES:
            if whim and await self._reaches(tab, reply, at):
                await self._follow_whim(whim, tab, question.run, reply)
                whim = None
            if not await tab.until(lambda reply=reply: _has_ended(tab, reply), PATIENCE):
                return
            article = tab.articles.known.get(reply)
            if article and article.asks:
                await self._decide(tab, question.run, article)
                continue
            whim, act = None, self._wish(article)
            if act is None:
                return
            reply = await self._ask(act, tab, question.run, reply)
            tries += 1

    def _whim(self) -> str | None:
        dice = self._chance.random()
        if dice < self._plan.stop:
            return "stop"
        return "reload" if dice < self._plan.stop + self._plan.reload else None

    async def _reaches(self, tab: Tab, reply: str, size: int) -> bool:
        """Return whether a reply grows to a size before it ends."""

        def grown() -> bool:
            article = tab.articles.known.get(reply)
            return article is not None and article.size >= size

        await tab.until(lambda: grown() or _has_ended(tab, reply), PATIENCE)
        return grown() and not _has_ended(tab, reply)

    async def _follow_whim(self, whim: str, tab: Tab, run: str, reply: str) -> None:
        article = tab.articles.known[reply]
        if whim == "reload":
            fault = Fault("page reloaded", tab.now, tab.now, tab.name)
            self._record.faults.append(fault)
            await tab.reload()
            fault.until = tab.now
        else:
            act = Act("stop", run, reply, tab.now, seen(run, article.html))
            self._record.acts.append(act)
            await tab.post(article.data["stop-url"])

    async def _decide(self, tab: Tab, run: str, article: Article) -> None:
        """Allow or deny a tool call, or stop the reply instead."""
        if self._chance.random() < STOP_INSTEAD:
            await self._follow_whim("stop", tab, run, article.id)
            await tab.until(lambda: not tab.articles.known[article.id].asks, PATIENCE)
            return
        path, decision = article.asks[0], self._chance.choice(DECISIONS)
        decided = Decision(path.split("/")[-2], article.attempt, article.about, decision)
        self._record.decisions.append(decided)
        _status, answer = await tab.post(path, decision=decision, attempt=str(article.attempt))
        tab.articles.insert_new(answer["html"], None)

    def _wish(self, article: Article | None) -> str | None:
        """Return what a person does about a reply that ended; None for nothing."""
        if article is None or not article.acts:
            return None
        if article.status == "stopped" and self._chance.random() > AGAIN_AFTER_STOP:
            return None
        return self._chance.choice(sorted(article.acts))

    async def _ask(self, act: str, tab: Tab, run: str, reply: str) -> str:
        """Press Retry or Continue; return the id of the new reply."""
        article = tab.articles.known[reply]
        self._record.acts.append(Act(act, run, reply, tab.now, seen(run, article.html)))
        _status, answer = await tab.post(article.acts[act])
        if "html" in answer:
            tab.articles.insert_new(answer["html"], answer["replaces"])
            return parse(answer["html"])[0].id
        # It was sent twice, as after a lost answer, so the list has the result.
        await tab.catch_up_soon(AGAIN)
        last = tab.articles.last
        return last.id if last else reply

    async def _leave(self) -> None:
        """Wait until all pages show the same, note what they show, and close them."""
        for tab in self.tabs[:1]:
            await tab.until(self._agree, REST)
        for tab in self.tabs:
            self._record.views.append(tab.view)
            await tab.close()
        if self._reader and self.tabs:
            await self._reader.end(self.id, self.tabs[0].view.shown)

    def _agree(self) -> bool:
        views = [tab.view.shown for tab in self.tabs]
        return not any(tab.articles.running for tab in self.tabs) and all(
            view == views[0] for view in views
        )


def _has_ended(tab: Tab, reply: str) -> bool:
    """Return whether a reply has ended, or another one has replaced it."""
    article = tab.articles.known.get(reply)
    return article is None or not article.is_running
