"""A guest has the models that were named for them, and only tools that neither act nor ask."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Defaults,
    Exchange,
    Message,
    ModelSettings,
    add_exchange,
)
from chatapp.conversations.models.model_choice import models_for
from chatapp.mcp.models import Server, ToolSetting
from chatapp.mcp.switches import switches_for
from chatapp.replies.prompt.building import reply_prompt
from chatapp.replies.titles import title_request
from tests.support.replies import MODEL, complete, new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]
JSON = {"accept": "application/json"}
OTHER = "claude-4-5-sonnet"
REFUSED = "You can't use this model any more. Choose another one."


@pytest.fixture
def guest(guest: Person) -> Person:
    guest.allowed_models = [OTHER]
    guest.save()
    return guest


@pytest.fixture
def own(guest: Person) -> Exchange:
    """Add an exchange from the time when the guest could use every model."""
    exchange = add_exchange(guest, new_message())
    complete(exchange.reply)
    Conversation.objects.update(model=MODEL)
    Message.objects.filter(role="assistant").update(model=MODEL)
    exchange.conversation.refresh_from_db()
    return exchange


def send(client: Client, conversation: Any = None, **fields: Any) -> Any:
    fields = {"client_id": uuid.uuid4(), "text": "Hello", **fields}
    return client.post(f"/c/{conversation or uuid.uuid4()}/messages", fields, headers=JSON)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([], [MODEL]),
        (["gone"], [MODEL]),
        ([OTHER], [OTHER]),
        (["claude-4-6-sonnet"], [MODEL]),  # another spelling
        ([OTHER, MODEL], [MODEL, OTHER]),
    ],
)
def test_a_guest_has_the_named_models_or_the_default(
    guest: Person, named: list[str], expected: list[str]
) -> None:
    guest.allowed_models = named

    assert list(models_for(guest)) == expected


def test_everybody_else_has_all_models(owner: Person, admin: Person, member: Person) -> None:
    member.allowed_models = [OTHER]  # of a time as a guest

    assert [len(models_for(person)) for person in (owner, admin, member)] == [2, 2, 2]


def test_pages_offer_only_the_guests_models(guest_client: Client, own: Exchange) -> None:
    for path in ("/", f"/c/{own.conversation.pk}/", "/settings/defaults"):
        page = guest_client.get(path).text
        assert f'value="{OTHER}"' in page
        assert f'value="{MODEL}"' not in page

    menu = f"/c/{own.conversation.pk}/messages/{own.reply.pk}/"
    assert re.findall(r'name="model" value="([^"]+)"', guest_client.get(menu).text) == [OTHER]


def test_another_model_is_refused_and_the_text_is_kept(guest_client: Client, own: Exchange) -> None:
    answer = send(guest_client, model=MODEL)

    assert (answer.status_code, answer.json()["error"]) == (422, REFUSED)
    fields = {"client_id": uuid.uuid4(), "text": "Keep this", "model": MODEL}
    page = guest_client.post(f"/c/{own.conversation.pk}/messages", fields)
    assert page.status_code == 422
    assert "Keep this</textarea>" in page.text
    assert "can&#x27;t use this model" in page.text
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("path", ["settings", "replies/{}/regeneration"])
def test_no_other_address_takes_the_model(guest_client: Client, own: Exchange, path: str) -> None:
    path = f"/c/{own.conversation.pk}/{path.format(own.reply.pk)}"

    answer = guest_client.post(path, {"model": MODEL, "version": uuid.uuid4()}, headers=JSON)

    assert (answer.status_code, answer.json()["error"]) == (422, REFUSED)
    refused = guest_client.post("/settings/defaults", {"model": MODEL}, headers=JSON)
    assert refused.json()["error"] == REFUSED
    assert not Defaults.objects.exists()


def test_defaults_and_chats_of_before_use_a_model_of_the_guest(
    guest_client: Client, guest: Person, own: Exchange
) -> None:
    Defaults.objects.store(guest, ModelSettings(MODEL, "Be brief."))

    assert send(guest_client).status_code == 201
    assert send(guest_client, own.conversation.pk).status_code == 201

    assert {reply.model for reply in Message.objects.exclude(status="complete")} == {OTHER}
    assert Defaults.objects.of(guest) == ModelSettings(OTHER, "Be brief.")


def test_a_reply_that_is_made_again_uses_one_too(guest_client: Client, own: Exchange) -> None:
    reply = f"/c/{own.conversation.pk}/replies/{own.reply.pk}"

    guest_client.post(f"{reply}/regeneration", {"version": uuid.uuid4()}, headers=JSON)

    assert Message.objects.get(status="queued").model == OTHER


@pytest.mark.parametrize("verb", ["retry", "resume"])
def test_a_reply_that_ended_badly_is_continued_by_a_model_of_the_guest(
    guest: Person, own: Exchange, verb: str
) -> None:
    Message.objects.filter(pk=own.reply.pk).update(status="stopped", client_id=uuid.uuid4())
    own.reply.refresh_from_db()

    getattr(own.reply, verb)()

    assert Message.objects.get(status="queued").model == OTHER


def test_prompt_and_title_name_only_a_model_of_the_guest(own: Exchange) -> None:
    """The model was lost between the question and the answer."""
    own.reply.refresh_from_db()
    Conversation.objects.update(titled_by="nobody")
    request = title_request(Message.objects.get(pk=own.reply.pk))

    assert request
    assert request.model == OTHER
    assert reply_prompt(own.reply).request.model == OTHER


@pytest.fixture
def server(db: None) -> Server:
    server = Server.objects.create(name="Notes", url="https://notes.example.com/mcp")
    ToolSetting.objects.create(
        name="notes_read",
        access="allow",
        server=server,
        remote_name="read",
        parameters={"type": "object"},
        is_declared_read_only=True,
    )
    return server


def test_a_guest_is_offered_built_in_tools_that_neither_act_nor_ask(
    guest: Person, member: Person, server: Server
) -> None:
    ToolSetting.objects.create(name="calculate", access="ask")

    names = [switch.key for switch in switches_for(guest)]

    assert names
    assert not {"calculate", "read_web_page", f"mcp-{server.pk}"} & set(names)
    assert f"mcp-{server.pk}" in [switch.key for switch in switches_for(member)]


def test_a_guests_prompt_and_sheet_have_no_others(
    guest: Person, guest_client: Client, own: Exchange, server: Server
) -> None:
    Conversation.objects.update(
        tool_choices={"read_web_page": True, f"mcp-{server.pk}": True}, allowed_tools=["notes_read"]
    )
    reply = Message.objects.get(pk=own.reply.pk)

    names = {tool.name for tool in reply_prompt(reply).request.tools}

    assert "calculate" in names
    assert not {"notes_read", "read_web_page"} & names
    panel = guest_client.get(f"/c/{own.conversation.pk}/settings", headers=JSON).text
    assert 'name="tool:calculate"' in panel
    assert 'name="tool:read_web_page"' not in panel
    assert "mcp-" not in panel
