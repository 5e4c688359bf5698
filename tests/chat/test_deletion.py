"""/c/<id>/deletion continues when its browser disconnects."""

import asyncio
import threading
from unittest.mock import ANY, Mock

import pytest
from django.test import RequestFactory

from chatapp.accounts.models import Person
from chatapp.chat.views import trash as views
from chatapp.conversations import events
from chatapp.conversations.models import Conversation, Exchange, Message, trash
from chatapp.replies import stopping
from tests.support.replies import ended


@pytest.mark.django_db(transaction=True)
async def test_a_deletion_is_announced_to_other_tabs_when_its_own_tab_is_closed(
    owner: Person, running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released, delete = asyncio.Event(), threading.Event(), trash.trash
    loop, announced, stopped = asyncio.get_running_loop(), Mock(), Mock()

    def wait_and_delete(conversation: Conversation) -> tuple[bool, list[Message]]:
        loop.call_soon_threadsafe(begun.set)
        assert released.wait(10)
        return delete(conversation)

    monkeypatch.setattr(trash, "trash", wait_and_delete)
    monkeypatch.setattr(events, "conversation_deleted", announced)
    monkeypatch.setattr(stopping, "end_requested", stopped)
    pk = running.conversation.pk
    request = RequestFactory().post(f"/c/{pk}/deletion")
    request.user = owner
    view = asyncio.create_task(views.deletion(request, pk))  # type: ignore[arg-type]
    await begun.wait()

    view.cancel()  # as Django does when the browser disconnects
    await asyncio.wait({view})
    released.set()
    await ended([f"deletion:{pk}"])

    announced.assert_called_once_with(owner.pk, pk, ANY)
    stopped.assert_called_once_with(running.reply)
    assert await Conversation.objects.in_trash().aexists()
