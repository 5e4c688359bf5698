"""Requests and the threads for writes share a small pool of connections.

A request that waits for such a thread must hold none, or as many requests as the pool has
connections would wait for ever.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.chat.views import uploads
from chatapp.conversations.models import (
    Decision,
    Exchange,
    Message,
    NewMessage,
    State,
    add_exchange,
)
from chatapp.images.errors import ImageTypeRefused
from chatapp.replies import commands, generation
from tests.support.tab import JSON, Tab
from tests.support.tool_kit import add_tool_call

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def request_thread() -> AsyncIterator[BaseDatabaseWrapper]:
    """The thread in which the synchronous part of one request runs, by its connection."""
    async with ThreadSensitiveContext():
        own: BaseDatabaseWrapper = await sync_to_async(lambda: connections["default"])()
        try:
            yield own
        finally:
            await sync_to_async(own.close)()


async def test_a_request_that_waits_for_a_thread_holds_no_connection() -> None:
    async with request_thread() as own:
        await sync_to_async(own.ensure_connection)()

        held = await background.in_thread(lambda: own.connection is not None)

    assert not held


async def test_a_request_that_waits_for_its_message_to_be_saved_holds_no_connection(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await Tab.of(owner)
    held = []
    async with request_thread() as own:

        def look(person: Person, new: NewMessage, *, begin: bool) -> Exchange:
            held.append(own.connection is not None)
            return add_exchange(person, new, begin=begin)

        monkeypatch.setattr(commands, "add_exchange", look)
        monkeypatch.setattr(generation, "start", lambda reply, prepare: None)
        answer = await tab.send("Hello")

    assert answer.status_code == 201
    assert held == [False]


async def test_a_request_that_waits_for_its_image_holds_no_connection(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await Tab.of(owner)
    held = []
    async with request_thread() as own:

        async def look(file: object, name: str, max_parts: int) -> None:
            held.append(own.connection is not None)
            raise ImageTypeRefused

        monkeypatch.setattr(uploads, "process_parts", look)
        answer = await tab.client.post(
            "/images/", {"image": SimpleUploadedFile("a.png", b"a")}, headers=JSON
        )

    assert answer.status_code == 422
    assert held == [False]


async def test_a_request_that_waits_for_its_decision_holds_no_connection(
    owner: Person, running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await Tab.of(owner)
    tool_call = await add_tool_call(running, "act", State.AWAITING_APPROVAL)
    held = []
    async with request_thread() as own:

        def look(
            reply: Message, tool_call_id: UUID, decision: Decision, attempt: int | None
        ) -> bool:
            held.append(own.connection is not None)
            return False

        monkeypatch.setattr(commands, "store_decision", look)
        answer = await tab.client.post(
            f"/c/{running.conversation.pk}/replies/{running.reply.pk}/tool-calls/{tool_call.pk}/decision",
            {"decision": "allow"},
            headers=JSON,
        )

    assert answer.status_code == 200
    assert held == [False]
