"""A message that can't be rendered shows a sentence in its place, wherever messages are shown."""

import json
import logging
from typing import Any, Never

import django.db
import pytest
from django.test import AsyncClient

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.message_html import message_html, slot_html
from chatapp.conversations.models import Activity, Conversation, Exchange, Message, ToolCall
from chatapp.inference.message_order import sendable_arguments
from chatapp.realtime import protocol
from chatapp.realtime.hub import hub
from chatapp.replies import state
from tests.conversations.test_history import long_conversation
from tests.realtime.peers import Listener

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service", "no_reply"),
]

JSON = {"accept": "application/json"}
SENTENCE = "This message can't be shown"
PART_SENTENCE = "This part of the message can't be shown"

type Unshown = list[logging.LogRecord]


class Fault(Exception):
    pass


def failing(*_: object, **__: object) -> Never:
    raise Fault("a mistake of ours")


# The function that raises, the role of its message, and whether the rest of it is still shown.
FAULTS = {
    "the text of a reply": ("shown_html", "assistant", False),
    "the notices of a reply": ("notice_lines", "assistant", True),
    "the calls of a reply": ("folded", "assistant", True),
    "the details of a reply": ("model_label", "assistant", False),
    "what changed before a message": ("change_lines", "user", False),
    "the images of a message": ("shown_attachments", "user", False),
}


@pytest.fixture(params=FAULTS)
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bool]:
    """Break one message; return its role, and whether the rest of it is still shown."""
    name, role, is_part = FAULTS[request.param]
    owner = Activity if name == "folded" else Message
    monkeypatch.setattr(owner, name, property(failing))
    return role, is_part


@pytest.fixture
def conversation(exchange: Exchange) -> Conversation:
    Message.objects.filter(pk=exchange.reply.pk).update(text="**A** reply.", html="<p>A reply.</p>")
    return exchange.conversation


def check(html: str, fault: tuple[str, bool], unshown: Unshown) -> None:
    """Check that both messages are shown, the failing one as a sentence, and that it is logged."""
    role, is_part = fault
    sentence = PART_SENTENCE if is_part else SENTENCE
    assert html.count(sentence) == 1
    if role == "assistant":
        assert ("A reply." if is_part else "**A** reply.") in html
    assert "Hello" in html
    failed = Message.objects.get(role=role)
    assert f'data-message="{failed.pk}" data-role="{role}" data-status="complete"' in html
    for record in unshown:
        assert record.levelname == "ERROR"
        assert record.exc_info
        assert record.exc_info[0] is Fault
        assert record.__dict__["message_id"] == str(failed.pk)
    assert unshown


async def test_the_page_shows_the_sentence(
    async_owner_client: AsyncClient, conversation: Conversation, fault: Any, unshown: Unshown
) -> None:
    answer = await async_owner_client.get(f"/c/{conversation.pk}/")

    assert answer.status_code == 200
    await background.in_thread(check, answer.content.decode(), fault, unshown)


@pytest.mark.parametrize("query", ["", "?before=9"])
async def test_a_part_of_the_list_shows_the_sentence(
    async_owner_client: AsyncClient,
    conversation: Conversation,
    fault: Any,
    unshown: Unshown,
    query: str,
) -> None:
    answer = await async_owner_client.get(f"/c/{conversation.pk}/messages{query}", headers=JSON)

    assert answer.status_code == 200
    await background.in_thread(check, answer.content.decode(), fault, unshown)


async def test_events_contain_the_sentence(
    owner: Person, conversation: Conversation, fault: Any, unshown: Unshown
) -> None:
    html = ""
    with hub.subscribed([protocol.person_group(owner.pk)]) as subscription:
        for role in ("user", "assistant"):
            message = await Message.objects.select_related("conversation").aget(role=role)
            await background.in_thread(events.message_changed, message)
            html += (await Listener(subscription).event())["html"]

    await background.in_thread(check, html, fault, unshown)


@pytest.mark.parametrize("fault", ["the text of a reply"], indirect=True)
async def test_the_state_of_a_reply_contains_the_sentence(
    async_owner_client: AsyncClient, exchange: Exchange, fault: Any, unshown: Unshown
) -> None:
    path = f"/c/{exchange.conversation.pk}/replies/{exchange.reply.pk}/state"
    answer = await async_owner_client.get(path)

    assert answer.status_code == 200
    assert SENTENCE in answer.json()["html"]
    assert answer.json()["text"] == "A reply."


async def test_a_reply_that_another_process_makes_keeps_its_state(
    async_owner_client: AsyncClient,
    running: Exchange,
    monkeypatch: pytest.MonkeyPatch,
    unshown: Unshown,
) -> None:
    await Message.objects.filter(pk=running.reply.pk).aupdate(status="streaming", text="So far")
    monkeypatch.setattr(state, "saved_document", failing)
    monkeypatch.setattr(Message, "shown_html", property(failing))

    path = f"/c/{running.conversation.pk}/replies/{running.reply.pk}/state"
    answer = await async_owner_client.get(path)

    assert answer.status_code == 200
    assert SENTENCE in answer.json()["html"]
    assert 'data-slot="activity-0"' in answer.json()["html"]  # scripts render into it
    assert "So far" in answer.json()["html"]


async def test_an_answer_to_a_retry_shows_the_sentence_for_the_new_reply(
    async_owner_client: AsyncClient,
    exchange: Exchange,
    monkeypatch: pytest.MonkeyPatch,
    unshown: Unshown,
) -> None:
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(status="failed", error="No.")
    monkeypatch.setattr(Message, "shown_html", property(failing))

    path = f"/c/{exchange.conversation.pk}/replies/{exchange.reply.pk}/retry"
    answer = await async_owner_client.post(path, headers=JSON)

    assert answer.status_code == 201
    assert SENTENCE in answer.json()["html"]


async def test_a_send_is_answered_and_announced(
    async_owner_client: AsyncClient,
    owner: Person,
    monkeypatch: pytest.MonkeyPatch,
    unshown: Unshown,
) -> None:
    monkeypatch.setattr(Message, "change_lines", property(failing))
    path = "/c/3f0b7a52-6f0e-4a57-9d0e-0f2a2f0c1a11/messages"
    with hub.subscribed([protocol.person_group(owner.pk)]) as subscription:
        fields = {"text": "Hello", "client_id": "9e2f4a53-3b0c-4c05-8b3f-5d3f3a4b5c6d"}
        answer = await async_owner_client.post(path, fields, headers=JSON)
        created = await Listener(subscription).event()

    assert answer.status_code == 201
    assert SENTENCE in answer.json()["messages"]
    assert SENTENCE in created["html"]


async def test_a_retry_is_still_offered(
    async_owner_client: AsyncClient,
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
    unshown: Unshown,
) -> None:
    await Message.objects.filter(role="assistant").aupdate(status="failed", error="No.")
    monkeypatch.setattr(Message, "shown_html", property(failing))

    page = (await async_owner_client.get(f"/c/{conversation.pk}/")).content.decode()

    retry = page[page.index(SENTENCE) :]
    assert 'data-act="retry"' in retry
    assert "csrfmiddlewaretoken" in retry[: retry.index("</form>")]  # works without scripts


async def test_one_failing_message_does_not_affect_the_others(
    async_owner_client: AsyncClient,
    owner: Person,
    monkeypatch: pytest.MonkeyPatch,
    unshown: Unshown,
) -> None:
    conversation = await background.in_thread(long_conversation, owner, 60)
    unshowable = {"text": "unshowable", "role": "assistant"}
    await Message.objects.filter(position__in=(5, 30)).aupdate(**unshowable)
    shown = Message.shown_html
    monkeypatch.setattr(
        Message,
        "shown_html",
        property(lambda self: failing() if self.text == "unshowable" else shown.fget(self)),  # type: ignore[attr-defined]
    )

    path = f"/c/{conversation.pk}/messages"
    for query, count in (("", 40), ("?before=20", 20)):
        html = (await async_owner_client.get(f"{path}{query}", headers=JSON)).content.decode()
        assert html.count("<article") == count
        assert html.count(SENTENCE) == 1


def test_a_failing_part_is_a_sentence_in_an_event(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, unshown: Unshown
) -> None:
    monkeypatch.setattr(Activity, "folded", property(failing))

    activity = exchange.reply.activities[0]
    assert PART_SENTENCE in slot_html(exchange.reply, "activity", activity=activity)
    assert len(unshown) == 1


def test_a_database_error_is_not_hidden(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: object) -> Never:
        raise django.db.OperationalError

    monkeypatch.setattr(Message, "notice_lines", property(gone))

    with pytest.raises(django.db.OperationalError):
        message_html(exchange.reply)


def test_html_that_cannot_be_encoded_is_made_valid(exchange: Exchange) -> None:
    exchange.reply.text = "Half a pair \ud83d"
    exchange.reply.error, exchange.reply.status = "\ud83d", "failed"

    assert message_html(exchange.reply).encode()


# As earlier versions stored what a model called: the escape is valid until it is parsed.
OLD_ARGUMENTS = [r'{"q":"\ud83d"}', r'{"\ude00":[{"a":"\udfff\ud800"}]}', r'"{\"q\":\"\\ud83d\"}"']


@pytest.mark.parametrize("state", ["done", "awaiting_approval", "failed"])
@pytest.mark.parametrize("arguments", OLD_ARGUMENTS)
async def test_calls_stored_with_half_a_surrogate_pair_are_shown(
    async_owner_client: AsyncClient, owner: Person, exchange: Exchange, arguments: str, state: str
) -> None:
    status = "waiting" if state == "awaiting_approval" else "complete"
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(status=status)
    tool_call = await ToolCall.objects.acreate(
        reply=exchange.reply,
        round=0,
        index=0,
        text_length=0,
        name="calculate",
        call_id="call0",
        arguments=arguments,
        content='{"result":1}',
        state=state,
    )
    path = f"/c/{exchange.conversation.pk}"
    reply = f"{path}/replies/{exchange.reply.pk}"

    for address in (
        f"{path}/",
        f"{path}/messages",
        f"{reply}/state",
        f"{reply}/tool-calls/{tool_call.pk}",
    ):
        answer = await async_owner_client.get(
            address, headers=JSON if "s/" not in address[-8:] else {}
        )
        assert answer.status_code == 200, address
    html = (await async_owner_client.get(f"{reply}/state")).json()["html"]
    assert 'data-part="tool"' in html
    with hub.subscribed([protocol.person_group(owner.pk)]) as subscription:
        message = await Message.objects.select_related("conversation").aget(pk=exchange.reply.pk)
        await background.in_thread(events.message_changed, message)
        json.dumps(await Listener(subscription).event(), ensure_ascii=False).encode()


def test_stored_calls_are_sent_to_the_model_as_valid_text(exchange: Exchange) -> None:
    for arguments in OLD_ARGUMENTS:
        value = json.loads(sendable_arguments(arguments))
        json.dumps(value, ensure_ascii=False).encode()
