"""A message and its reply are stored, and the reply begun, in one transaction; whatever fails after
it ends the reply visibly, and never the send."""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import (
    Draft,
    DraftContent,
    Exchange,
    Message,
    NewVersion,
    add_exchange,
)
from chatapp.inference import CompletionRequest, Finished, TextDelta
from chatapp.replies import commands, generation, taking
from chatapp.replies.prompt import building
from chatapp.server import process_name
from tests.support.replies import MODEL, answering, complete, ended, new_message, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


async def sent(owner: Person, earlier: Exchange | None = None, text: str = "Hello") -> Message:
    """Send a message, and return its reply once it has ended."""
    conversation = earlier.conversation.pk if earlier else None
    exchange, _html = await commands.send(owner, new_message(text, conversation))
    if replies := background.running("reply:"):
        await asyncio.wait(replies)
    return await outcome(exchange)


def test_a_reply_is_held_from_the_moment_in_which_it_exists(owner: Person) -> None:
    added = add_exchange(owner, new_message(), begin=True)

    reply = Message.objects.get(pk=added.reply.pk)
    assert (reply.status, reply.attempt, reply.leased_by) == ("streaming", 1, process_name.NAME)
    left = reply.leased_until - timezone.now()
    assert timedelta(seconds=8) < left < timedelta(seconds=11)
    assert not reply.begin()
    assert not reply.take_over()
    assert added.reply.renew()


@pytest.mark.parametrize("is_later", [False, True])
async def test_the_model_gets_the_message(
    owner: Person, exchange: Exchange, is_later: bool
) -> None:
    asked: list[CompletionRequest] = []
    with answering(lambda request: asked.append(request) or TextDelta("Hi."), Finished("stop")):
        reply = await sent(owner, exchange if is_later else None, "Hello <b>there</b>")

    assert (reply.status, reply.text, reply.attempt) == ("complete", "Hi.", 1)
    texts = [message.text for message in asked[0].messages[1:]]
    assert texts == [*(["Hello", "A reply."] if is_later else []), "Hello <b>there</b>"]


async def test_the_model_is_asked_before_the_message_is_rendered(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers meanwhile; asked afterwards, it would be late by all that rendering takes."""
    happened = []
    render = events.message_html

    def noting(message: Message) -> str:
        happened.append("rendered")
        return render(message)

    monkeypatch.setattr(events, "message_html", noting)
    with answering(lambda _request: happened.append("asked") or TextDelta("Hi."), Finished("stop")):
        await sent(owner)

    assert happened[:2] == ["asked", "rendered"]


@pytest.mark.parametrize("is_later", [False, True])
async def test_an_error_before_the_stream_fails_the_reply_and_not_the_send(
    owner: Person, exchange: Exchange, is_later: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(building, "reply_prompt", side_effect=KeyError("model")):
        reply = await sent(owner, exchange if is_later else None)

    assert (reply.status, bool(reply.error)) == ("failed", True)
    assert "KeyError" in caplog.text


async def test_a_database_that_fails_after_the_message_leaves_the_reply_to_the_sweep(
    owner: Person,
) -> None:
    with patch.object(building, "reply_prompt", side_effect=OperationalError("away")):
        reply = await sent(owner)

    assert reply.status == "streaming"
    assert not generation.made_here()


async def test_a_process_that_is_about_to_end_leaves_the_reply_to_others(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "_is_closing", True)

    assert (await sent(owner)).status == "queued"


async def test_a_process_that_ends_while_a_message_is_stored_releases_the_reply(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_then_add(*arguments: object, **named: object) -> Exchange:
        monkeypatch.setattr(generation, "_is_closing", True)
        return add_exchange(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(commands, "add_exchange", close_then_add)
    exchange, _html = await commands.send(owner, new_message())
    await asyncio.wait(background.running("release:"))

    assert await Message.objects.lost().aget() == exchange.reply


async def test_a_long_message_is_rendered_in_a_thread(owner: Person) -> None:
    with answering(TextDelta("Hi."), Finished("stop")):
        exchange, html = await commands.send(owner, new_message("<" * (commands.LONG_TEXT + 1)))
        await ended([f"reply:{exchange.reply.pk}"])

    assert html.message.count("&lt;") == len(exchange.message.text)


def test_a_sender_does_not_wait_for_many_messages_or_for_images(
    owner: Person, settings: Settings
) -> None:
    first = add_exchange(owner, new_message())
    assert taking._is_quick(first.reply)
    complete(first.reply)

    link = replace(new_message("And?", first.conversation.pk), links=("https://a.example/b.png",))
    second = add_exchange(owner, link)
    assert not taking._is_quick(second.reply)
    settings.PUBLIC_ORIGIN = "https://chat.example"  # the service fetches images by itself
    assert taking._is_quick(second.reply)

    second.reply.position = taking.MAX_QUICK_POSITION + 1
    assert not taking._is_quick(second.reply)


@pytest.mark.parametrize("announcement", ["draft_ended", "exchange_added"])
async def test_a_reply_is_begun_whatever_fails_after_its_message_is_stored(
    owner: Person, announcement: str
) -> None:
    """Nobody else would begin it before its lease runs out."""
    new = new_message()
    content = DraftContent(new.client_id, "Hello", uuid.uuid4(), 1)
    await sync_to_async(Draft.objects.store)(owner, None, content)
    broken = patch.object(events, announcement, side_effect=OperationalError)
    with broken, answering(TextDelta("Hi."), Finished("stop")):
        with pytest.raises(OperationalError):
            await commands.send(owner, new)
        if making := background.running("reply:"):  # it may have ended before the error
            await asyncio.wait(making)

    assert (await Message.objects.aget(role="assistant")).text == "Hi."


@pytest.mark.parametrize(
    ("announcement", "status"),
    [("version_added", "complete"), ("reply_replaced", "failed"), ("reply_resumed", "failed")],
)
async def test_a_changed_reply_is_begun_whatever_fails_after_it_is_stored(
    no_reply: Any, exchange: Exchange, announcement: str, status: str
) -> None:
    reply = await Message.objects.select_related("conversation").aget(pk=exchange.reply.pk)
    await Message.objects.filter(pk=reply.pk).aupdate(status=status)
    command = {
        "version_added": lambda: commands.regenerate(reply, NewVersion(uuid.uuid4(), MODEL)),
        "reply_replaced": lambda: commands.retry(reply),
        "reply_resumed": lambda: commands.resume(reply),
    }[announcement]
    with (
        patch.object(events, announcement, side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        await command()

    queued = await Message.objects.aget(status="queued")
    no_reply.assert_called_once_with(queued)
