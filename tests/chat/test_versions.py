"""Requests about versions: switching, regenerating, editing and branching off, in every form."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, Message, NewVersion, add_exchange
from tests.support.replies import MODEL, complete, new_message
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}


def at(exchange: Exchange, path: str) -> str:
    path = path.format(reply=exchange.reply.pk, message=exchange.message.pk)
    return f"/c/{exchange.conversation.pk}/{path}"


def regenerate(client: Client, exchange: Exchange, **fields: Any) -> Any:
    fields = {"version": str(uuid.uuid4()), **fields}
    return client.post(at(exchange, "replies/{reply}/regeneration"), fields, headers=JSON)


def head(exchange: Exchange) -> Message:
    last = exchange.conversation.branch.last()
    assert last
    return last


def test_one_click_repeats_a_reply_with_the_same_model(
    no_reply: Any, owner_client: Client, exchange: Exchange
) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(thinking="high")

    answer = regenerate(owner_client, exchange)

    assert answer.status_code == 201
    assert answer.json()["replaces"] == str(exchange.reply.pk)
    new = head(exchange)
    assert (new.model, new.thinking, new.variation) == (MODEL, "high", "")
    no_reply.assert_called_once_with(new)


@pytest.mark.parametrize(
    ("fields", "model", "thinking", "variation"),
    [
        ({"model": "claude-4-5-sonnet"}, "claude-4-5-sonnet", "low", ""),
        ({"thinking": ""}, MODEL, "", ""),
        ({"thinking": "medium"}, MODEL, "medium", ""),
        ({"variation": "shorter"}, MODEL, "low", "shorter"),
    ],
)
def test_the_menu_changes_one_thing(
    no_reply: Any,
    owner_client: Client,
    exchange: Exchange,
    fields: dict[str, str],
    model: str,
    thinking: str,
    variation: str,
) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(thinking="low")

    assert regenerate(owner_client, exchange, **fields).status_code == 201
    new = head(exchange)
    assert (new.model, new.thinking, new.variation) == (model, thinking, variation)
    exchange.conversation.refresh_from_db()
    assert (exchange.conversation.model, exchange.conversation.thinking) == (MODEL, "")


def test_a_double_click_repeats_a_reply_once(
    no_reply: Any, owner_client: Client, exchange: Exchange
) -> None:
    answers = [regenerate(owner_client, exchange, version="1") for _click in range(2)]

    assert answers[0].json()["replaces"] == answers[1].json()["replaces"]
    assert Message.objects.count() == 3
    no_reply.assert_called_once()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"model": "gone"}, "This model isn't available."),
        ({"thinking": "much"}, "Choose Off, Low, Medium or High."),
        ({"version": "one"}, "This page was out of date."),
    ],
)
def test_a_wrong_choice_gets_a_sentence(
    owner_client: Client, exchange: Exchange, fields: dict[str, str], sentence: str
) -> None:
    answer = regenerate(owner_client, exchange, **fields)

    assert answer.status_code == 422
    assert sentence in answer.json()["error"]


def test_a_reply_of_a_model_that_is_gone_is_repeated_with_todays(
    no_reply: Any, owner_client: Client, exchange: Exchange
) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(model="gone")

    assert regenerate(owner_client, exchange).status_code == 201
    assert head(exchange).model == MODEL


def test_a_stale_tab_gets_a_sentence(
    no_reply: Any, owner_client: Client, exchange: Exchange
) -> None:
    answer = regenerate(owner_client, exchange, head=str(uuid.uuid4()))

    assert answer.status_code == 409
    assert answer.json()["moved"]
    assert "changed in another tab" in answer.json()["error"]


def test_a_running_reply_is_stopped_after_a_question(
    no_reply: Any, owner: Person, owner_client: Client, exchange: Exchange
) -> None:
    running = add_exchange(owner, new_message("And?", exchange.conversation.pk))

    asked = regenerate(owner_client, exchange)
    assert asked.status_code == 409
    assert "Stop the reply that is running?" in asked.json()["html"]

    assert regenerate(owner_client, exchange, stop="on").status_code == 201
    assert Message.objects.get(pk=running.reply.pk).stop_requested_at


def test_without_scripts_the_question_is_a_page_that_repeats_the_request(
    no_reply: Any, owner: Person, owner_client: Client, exchange: Exchange
) -> None:
    add_exchange(owner, new_message("And?", exchange.conversation.pk))
    url = at(exchange, "replies/{reply}/regeneration")

    page = owner_client.post(url, {"version": str(uuid.uuid4()), "variation": "shorter"})

    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    assert owner_client.post(url, fields).status_code == 303
    assert head(exchange).variation == "shorter"


def test_the_page_shows_versions_and_what_was_different(
    owner_client: Client, exchange: Exchange
) -> None:
    wanted = NewVersion(uuid.uuid4(), MODEL, thinking="high", variation="shorter")
    complete(exchange.reply.regenerate(wanted)[0], "Short")

    page = owner_client.get(at(exchange, "")).content.decode()

    assert "2 / 2" in page
    assert "Thinking: High" in page
    assert "Shorter" in page
    shown = re.search(r'formaction="([^"]+/shown)"', page)
    assert shown
    assert owner_client.post(shown[1]).status_code == 303
    assert "1 / 2" in owner_client.get(at(exchange, "")).content.decode()


def test_a_message_link_opens_its_branch(owner_client: Client, exchange: Exchange) -> None:
    complete(exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))[0], "Another")

    answer = owner_client.get(at(exchange, "?message={reply}"))

    assert answer.headers["location"] == at(exchange, "#message-{reply}")
    assert head(exchange) == exchange.reply
    for missing in (uuid.uuid4(), "1"):
        assert owner_client.get(at(exchange, f"?message={missing}")).status_code == 404


def test_a_page_that_shows_a_hidden_branch_catches_up_from_where_they_part(
    owner_client: Client, exchange: Exchange
) -> None:
    complete(exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))[0], "Another")
    path = f"messages?after=1&head={exchange.reply.pk}"

    html = owner_client.get(at(exchange, path), headers=JSON).content.decode()

    assert 'data-hidden="1"' in html
    assert "Another" in html
    assert "Hello" not in html


def edit(client: Client, exchange: Exchange, **fields: Any) -> Any:
    fields = {"client_id": str(uuid.uuid4()), "text": "Edited", **fields}
    return client.post(at(exchange, "messages/{message}/edit"), fields, headers=JSON)


def test_an_edit_keeps_the_images_that_stay(
    no_reply: Any, owner: Person, owner_client: Client, exchange: Exchange
) -> None:
    for position in range(2):
        link = f"https://example.com/{position}.png"
        exchange.message.attachments.create(position=position, link=link)
    page = owner_client.get(at(exchange, "messages/{message}/edit")).content.decode()
    assert "https://example.com/0.png" in page

    answer = edit(owner_client, exchange, link="https://example.com/1.png")

    assert answer.status_code == 201
    message = head(exchange).parent
    assert message
    assert message.text == "Edited"
    assert [each.link for each in message.attachments.all()] == ["https://example.com/1.png"]
    assert exchange.message.attachments.count() == 2


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"text": " "}, 422, "Write something or attach a file first."),
        ({"parent": str(uuid.uuid4())}, 409, "changed in another tab"),
    ],
)
def test_an_edit_that_cant_be_sent_keeps_its_text(
    owner_client: Client,
    exchange: Exchange,
    fields: dict[str, str],
    status: int,
    sentence: str,
) -> None:
    answer = edit(owner_client, exchange, **fields)
    assert (answer.status_code, Message.objects.count()) == (status, 2)
    assert sentence in answer.json()["error"]

    values = {"client_id": str(uuid.uuid4()), "text": "Edited", **fields}
    page = owner_client.post(at(exchange, "messages/{message}/edit"), values)
    assert page.status_code == status
    assert values["text"] in page.content.decode()


def test_without_scripts_an_edit_asks_before_it_stops_a_reply(
    no_reply: Any, owner_client: Client, running: Exchange
) -> None:
    url = at(running, "messages/{message}/edit")
    fields = {"client_id": str(uuid.uuid4()), "text": "Edited"}

    page = owner_client.post(url, fields)
    assert page.status_code == 409
    assert 'name="stop"' in page.content.decode()

    assert owner_client.post(url, {**fields, "stop": "on"}).status_code == 303
    assert [message.text for message in running.conversation.branch] == ["Edited", ""]


def test_the_reply_of_a_model_has_no_edit(owner_client: Client, exchange: Exchange) -> None:
    assert owner_client.get(at(exchange, "messages/{reply}/edit")).status_code == 404


def test_a_copy_links_back_to_its_original(owner_client: Client, exchange: Exchange) -> None:
    wanted = uuid.uuid4()
    url = at(exchange, "messages/{reply}/branch")

    assert owner_client.post(url, {"conversation": str(wanted)}).status_code == 303
    page = owner_client.get(f"/c/{wanted}/").content.decode()
    assert "Branched from “Hello”" in page
    assert at(exchange, "?message={reply}") in page

    Conversation.objects.filter(pk=exchange.conversation.pk).delete()
    assert "Branched from" not in owner_client.get(f"/c/{wanted}/").content.decode()
    assert owner_client.post(url, {"conversation": "1"}).status_code == 404


async def test_other_tabs_follow_a_switch(no_reply: Any, owner: Person) -> None:
    tab = await Tab.of(owner)
    answer = (await tab.send("Hello")).json()
    await Message.objects.aupdate(status="complete")
    path = f"replies/{answer['reply']}/regeneration"
    async with tab.listening() as live:
        await tab.post(path, version=str(uuid.uuid4()))
        created = (await live.until("message.created"))[-1]
        assert created["replaces"] == answer["reply"]
        await tab.post(f"messages/{answer['reply']}/shown")
        changed = (await live.until("branch.changed"))[-1]
    assert changed["head"] == answer["reply"]


@pytest.mark.parametrize("command", ["edit", "regeneration"])
@pytest.mark.parametrize("is_stale", [True, False])
def test_a_stale_tab_stops_no_reply(
    no_reply: Any, owner_client: Client, exchange: Exchange, command: str, is_stale: bool
) -> None:
    new = new_message("Running", exchange.conversation.pk)
    running = add_exchange(exchange.conversation.owner, new)
    named = str((exchange if is_stale else running).reply.pk)
    fields = {"stop": "on", "parent": named, "head": named, "version": str(uuid.uuid4())}
    if command == "edit":
        answer = edit(owner_client, exchange, **fields)
    else:
        answer = regenerate(owner_client, exchange, **fields)

    running.reply.refresh_from_db()
    assert (answer.status_code == 409) == is_stale
    assert (running.reply.stop_requested_at is None) == is_stale


def test_a_message_that_isnt_shown_stops_no_reply(
    no_reply: Any, owner_client: Client, exchange: Exchange
) -> None:
    new, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))

    answer = regenerate(owner_client, exchange, stop="on", head=str(new.pk))

    new.refresh_from_db()
    assert answer.status_code == 409
    assert new.stop_requested_at is None
