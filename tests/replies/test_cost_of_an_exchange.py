"""What an exchange costs besides its tokens, counted: each visit to a thread, transaction, query
and event has a price for everybody who sends at the same time."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db.backends.utils import CursorWrapper

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.inference import Finished, TextDelta
from chatapp.realtime.hub import hub
from chatapp.replies import commands
from chatapp.spending import caps
from tests.support.replies import answering, ended, new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

SAID = (TextDelta("Hello."), Finished("stop"))


@pytest.fixture
async def costs(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what happens from here on, in every thread. A server has read the caps before."""
    await background.in_thread(caps.refresh)
    counted: Counter[str] = Counter()
    loop, execute, publish = asyncio.get_running_loop(), CursorWrapper.execute, hub.publish
    run = loop.run_in_executor

    def counting_execute(self: Any, sql: str, params: Any = None) -> Any:
        counted["transactions" if sql.startswith("BEGIN") else "queries"] += 1
        return execute(self, sql, params)

    def counting_run(*arguments: Any) -> Any:
        counted["threads"] += 1
        return run(*arguments)

    def counting_publish(group: str, event: str | None) -> None:
        counted["events"] += 1
        publish(group, event)

    monkeypatch.setattr(CursorWrapper, "execute", counting_execute)
    monkeypatch.setattr(loop, "run_in_executor", counting_run)
    monkeypatch.setattr(hub, "publish", counting_publish)
    return counted


async def exchanged(
    person: Person, conversation: UUID | None = None, *, names_parent: bool = False
) -> Exchange:
    """Send a message and wait for the end of everything that follows."""
    new = replace(new_message("Hello", conversation), names_parent=names_parent)
    with answering(*SAID):
        exchange, _html = await commands.send(person, new)
        await asyncio.wait(background.running("reply:"))
        await ended([f"title:{exchange.conversation.pk}"])
    assert exchange.created
    return exchange


async def test_the_first_exchange(owner: Person, costs: Counter[str]) -> None:
    await exchanged(owner)

    # Adding both, the end of the reply, whether its branch is shown, and the title, which is
    # announced under a lock. Five queries are for search, one for the personal instructions, two
    # for the ledger of each call, and one for the price of the reply.
    assert costs == {"threads": 4, "transactions": 4, "queries": 22, "events": 6}


async def test_a_page_that_begins_a_conversation_looks_for_none(
    owner: Person, costs: Counter[str]
) -> None:
    await exchanged(owner, names_parent=True)

    assert costs == {"threads": 4, "transactions": 4, "queries": 21, "events": 6}


async def test_a_later_exchange(owner: Person, costs: Counter[str]) -> None:
    first = await exchanged(owner)
    costs.clear()

    await exchanged(owner, first.conversation.pk)

    # Adding both, the end of the reply, whether its branch is shown, which documents it has, two
    # queries for search, and two for the ledger.
    assert costs == {"threads": 2, "transactions": 2, "queries": 18, "events": 5}
