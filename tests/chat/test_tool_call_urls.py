"""/c/<id>/replies/<id>/tool-calls/<id>: the whole tool call, and the decision about it."""

import json
import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations import models
from chatapp.conversations.models import Exchange, Message, ToolCall
from chatapp.replies import commands
from tests.support.replies import new_message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service", "no_reply"),
]

JSON = {"accept": "application/json"}


@pytest.fixture
def tool_call(exchange: Exchange) -> ToolCall:
    """Add a tool call that waits for approval."""
    Message.objects.filter(pk=exchange.reply.pk).update(status="waiting", leased_by="")
    return ToolCall.objects.create(
        reply=exchange.reply,
        round=0,
        index=0,
        text_length=0,
        name="calculate",
        call_id="call0",
        arguments='{"expression": "1+1"}',
        state="awaiting_approval",
    )


def path(tool_call: ToolCall, more: str = "") -> str:
    reply = tool_call.reply
    return f"/c/{reply.conversation_id}/replies/{reply.pk}/tool-calls/{tool_call.pk}{more}"


def decide(client: Client, tool_call: ToolCall, word: str, **headers: str) -> Any:
    return client.post(path(tool_call, "/decision"), {"decision": word}, headers=headers or JSON)


def test_the_whole_call_is_returned_as_plain_text(
    owner_client: Client, tool_call: ToolCall
) -> None:
    tool_call.content = json.dumps({"found": "<b>heron</b> " * 1_000})
    tool_call.save()

    answer = owner_client.get(path(tool_call))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.decode().count("<b>heron</b>") == 1_000
    assert '"expression": "1+1"' in answer.content.decode()


def test_a_tab_gets_the_call_as_a_page(
    owner_client: Client, owner: Person, tool_call: ToolCall
) -> None:
    tool_call.content = json.dumps({"found": "<b>heron</b>"})
    tool_call.save()

    answer = owner_client.get(path(tool_call), headers={"accept": "text/html"})

    assert answer["Content-Type"].startswith("text/html")
    assert "&lt;b&gt;heron&lt;/b&gt;" in answer.content.decode()
    assert f'data-person="{owner.pk}"' in answer.content.decode()


def test_a_call_of_another_reply_is_not_found(
    owner_client: Client, owner: Person, tool_call: ToolCall
) -> None:
    other = models.add_exchange(owner, new_message()).reply
    of_this = f"/c/{tool_call.reply.conversation_id}/replies/{tool_call.reply_id}/tool-calls"
    of_other = f"/c/{other.conversation_id}/replies/{other.pk}/tool-calls"

    for path, word in ((of_other, tool_call.pk), (of_this, uuid.uuid4())):
        decision = owner_client.post(f"{path}/{word}/decision", {"decision": "allow"}, headers=JSON)
        assert decision.status_code == 404
        assert owner_client.get(f"{path}/{word}").status_code == 404
    tool_call.refresh_from_db()
    assert tool_call.state == "awaiting_approval"


@pytest.mark.parametrize("word", ["allow", "deny"])
def test_the_owner_decides(owner_client: Client, tool_call: ToolCall, word: str) -> None:
    answer = decide(owner_client, tool_call, word)

    assert answer.status_code == 200
    assert 'data-status="queued"' in answer.json()["html"]
    tool_call.refresh_from_db()
    assert tool_call.state == {"allow": "ready", "deny": "denied"}[word]


def test_without_scripts_a_decision_redirects_to_the_conversation(
    owner_client: Client, tool_call: ToolCall
) -> None:
    answer = decide(owner_client, tool_call, "allow", accept="text/html")

    assert answer.status_code == 303
    assert answer["Location"] == f"/c/{tool_call.reply.conversation_id}/"


def test_a_second_decision_shows_the_first(owner_client: Client, tool_call: ToolCall) -> None:
    decide(owner_client, tool_call, "deny")

    answer = decide(owner_client, tool_call, "allow")

    assert answer.status_code == 200
    assert 'data-state="denied"' in answer.json()["html"]
    tool_call.refresh_from_db()
    assert tool_call.state == "denied"


def test_a_concurrent_second_decision_shows_the_first(owner: Person, tool_call: ToolCall) -> None:
    reply = Message.objects.select_related("conversation").get(pk=tool_call.reply_id)
    known_before = Message.objects.select_related("conversation").get(pk=tool_call.reply_id)
    models.decide(reply, tool_call.pk, "deny")

    shown = async_to_sync(commands.decide)(known_before, tool_call.pk, "allow", None)

    assert shown.status == "queued"


@pytest.mark.parametrize("word", ["", "perhaps"])
def test_an_unknown_decision_is_refused(
    owner_client: Client, tool_call: ToolCall, word: str
) -> None:
    assert decide(owner_client, tool_call, word).status_code == 422
    tool_call.refresh_from_db()
    assert tool_call.state == "awaiting_approval"


def test_a_member_gets_404(member_client: Client, tool_call: ToolCall) -> None:
    assert member_client.get(path(tool_call)).status_code == 404
    assert decide(member_client, tool_call, "allow").status_code == 404
    tool_call.refresh_from_db()
    assert tool_call.state == "awaiting_approval"


def test_a_stranger_must_sign_in(stranger_client: Client, tool_call: ToolCall) -> None:
    assert stranger_client.get(path(tool_call), headers=JSON).status_code == 401
    assert decide(stranger_client, tool_call, "allow").status_code == 401


def test_a_call_is_only_found_under_its_own_reply(
    owner_client: Client, tool_call: ToolCall, exchange: Exchange
) -> None:
    under_a_message = path(tool_call).replace(str(tool_call.reply_id), str(exchange.message.pk))

    assert owner_client.get(under_a_message).status_code == 404


def test_other_methods_are_refused(owner_client: Client, tool_call: ToolCall) -> None:
    assert owner_client.post(path(tool_call)).status_code == 405
    assert owner_client.get(path(tool_call, "/decision")).status_code == 405
