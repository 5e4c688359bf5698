"""/draft and /c/<id>/draft: saving unsent text, and the events for other tabs."""

import re
import uuid
from dataclasses import replace
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.events import LONG_DRAFT
from chatapp.conversations.models import Draft, Exchange, add_exchange
from tests.chat.drafts import TAB, fields, image_of, kept, path_of, post
from tests.support.replies import new_message
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_empty_page_and_each_conversation_have_one_draft(
    owner_client: Client, exchange: Exchange
) -> None:
    for path, text in (("/draft", "of the empty page"), (path_of(exchange), "of this one")):
        assert post(owner_client, fields(text), path).status_code == HTTPStatus.NO_CONTENT

    assert kept(owner_client)["text"] == "of the empty page"
    assert kept(owner_client, path_of(exchange))["text"] == "of this one"
    assert kept(owner_client, path_of(exchange))["conversation"] == str(exchange.conversation.pk)


def test_the_last_writer_wins(owner_client: Client) -> None:
    post(owner_client, fields("on the phone", tab=uuid.uuid4(), edit=7))
    post(owner_client, fields("on the desk", tab=uuid.uuid4(), edit=1))

    assert kept(owner_client)["text"] == "on the desk"
    assert Draft.objects.count() == 1


def test_a_save_overtaken_by_a_later_one_of_its_tab_is_ignored(owner_client: Client) -> None:
    newer = fields("Half a sentence", edit=3)
    post(owner_client, newer)

    assert (
        post(owner_client, newer | {"text": "Half", "edit": 2}).status_code == HTTPStatus.NO_CONTENT
    )

    assert kept(owner_client)["text"] == "Half a sentence"


@pytest.mark.parametrize("text", ["", "\0"])
def test_an_empty_text_is_no_draft(owner_client: Client, text: str) -> None:
    written = fields("Half a")
    post(owner_client, written)

    post(owner_client, written | {"text": text, "edit": 2})

    assert not Draft.objects.exists()
    assert kept(owner_client) | {"at": 0} == {
        "conversation": None, "at": 0, "written": 0, "client_id": None, "tab": None,
        "text": "", "images": "",
    }  # fmt: skip


def test_dropping_a_draft_does_not_drop_a_newer_one(owner_client: Client) -> None:
    earlier = fields("sent, and taken back")
    post(owner_client, earlier)
    post(owner_client, fields("the next one", edit=2))

    post(owner_client, earlier | {"text": "", "edit": 3})

    assert kept(owner_client)["text"] == "the next one"


def test_a_draft_of_the_empty_page_moves_to_its_conversation(
    owner_client: Client, exchange: Exchange
) -> None:
    begun = fields("My next thought")
    post(owner_client, begun)

    post(owner_client, begun | {"edit": 2}, path_of(exchange))
    post(owner_client, begun | {"edit": 1})  # arrives late

    assert [draft.conversation for draft in Draft.objects.all()] == [exchange.conversation]


def test_sending_ends_the_draft(owner_client: Client, owner: Person, exchange: Exchange) -> None:
    written, other = fields("And?"), fields("elsewhere")
    post(owner_client, written, path_of(exchange))
    post(owner_client, other)

    new = replace(new_message("And?", exchange.conversation.pk), client_id=written["client_id"])
    add_exchange(owner, new)

    assert [draft.text for draft in Draft.objects.all()] == ["elsewhere"]


def test_the_first_send_ends_the_draft_of_the_empty_page(
    owner_client: Client, owner: Person
) -> None:
    written = fields("Hello")
    post(owner_client, written)

    add_exchange(owner, replace(new_message(), client_id=written["client_id"]))

    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("late", "status"), [("Hello", HTTPStatus.GONE), ("Hell", HTTPStatus.CONFLICT)]
)
def test_a_save_after_the_send_does_not_restore_the_draft(
    owner_client: Client, owner: Person, late: str, status: HTTPStatus
) -> None:
    new = new_message("Hello")
    added = add_exchange(owner, new)

    for path in ("/draft", path_of(added)):
        answer = post(owner_client, fields(late, client_id=new.client_id), path)
        assert answer.status_code == status

    assert not Draft.objects.exists()


def test_a_message_of_another_person_with_the_same_id_does_not_refuse_a_draft(
    owner_client: Client, member: Person
) -> None:
    new = new_message()
    add_exchange(member, new)

    assert post(owner_client, fields(client_id=new.client_id)).status_code == HTTPStatus.NO_CONTENT


def test_a_sent_draft_that_a_killed_process_left_is_not_shown(
    owner_client: Client, owner: Person
) -> None:
    new = new_message()
    add_exchange(owner, new)
    Draft.objects.create(person=owner, client_id=new.client_id, text="Hello")

    assert kept(owner_client)["text"] == ""
    assert "Hello</textarea>" not in owner_client.get("/").content.decode()


def test_the_page_contains_the_draft(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    image = image_of(owner)
    written = fields("\n<b>Half</b> a", image=str(image.pk))
    post(owner_client, written, path_of(exchange))

    page = owner_client.get(exchange.conversation.get_absolute_url()).content.decode()

    # A browser drops the first of the two line breaks.
    assert 'autocomplete="off">&#10;\n&lt;b&gt;Half&lt;/b&gt; a</textarea>' in page
    assert f'name="client_id" value="{written["client_id"]}"' in page
    assert f'name="image" disabled value="{image.pk}"' in page
    assert "Half" not in owner_client.get("/").content.decode()


def test_without_scripts_a_refused_form_replaces_the_draft(
    owner_client: Client, exchange: Exchange, running: Exchange
) -> None:
    written = fields("the draft")
    post(owner_client, written, path_of(running))
    form = {
        "client_id": uuid.uuid4(),
        "text": "typed without scripts",
        "model": "claude-sonnet-4-6",
    }

    page = owner_client.post(f"/c/{running.conversation.pk}/messages", form).content.decode()

    assert "typed without scripts</textarea>" in page
    assert "the draft" not in page
    assert f'name="client_id" value="{written["client_id"]}"' in page


def test_a_page_with_a_draft_still_refreshes_for_the_reply(
    owner_client: Client, running: Exchange
) -> None:
    post(owner_client, fields(), path_of(running))

    page = owner_client.get(running.conversation.get_absolute_url()).content.decode()

    assert re.search('<noscript><meta http-equiv="refresh"', page)


async def test_other_tabs_get_the_draft(owner: Person) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as socket:
        written = fields("Half a")
        await tab.client.post("/draft", written)
        event = await socket.event()

    assert event["type"] == "draft.changed"
    assert event["conversation"] is None
    assert event["client_id"] == str(written["client_id"])
    assert (event["text"], event["tab"]) == ("Half a", str(TAB))
    assert event["at"] >= event["written"]


async def test_a_long_draft_is_not_sent_to_other_tabs(owner: Person) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as socket:
        await tab.client.post("/draft", fields("x" * (LONG_DRAFT + 1)))
        event = await socket.event()

    assert event["text"] is None


async def test_moving_a_draft_is_announced_for_both_places(
    owner: Person, exchange: Exchange
) -> None:
    tab, begun = await Tab.of(owner), fields()
    await tab.client.post("/draft", begun)
    async with tab.listening() as socket:
        await tab.client.post(path_of(exchange), begun | {"edit": 2})
        told = [await socket.event(), await socket.event()]

    texts = {event["conversation"]: event["text"] for event in told}
    assert texts == {None: "", str(exchange.conversation.pk): "Half a"}


@pytest.mark.usefixtures("no_service")
async def test_a_send_announces_that_the_draft_is_gone(owner: Person) -> None:
    tab, written = await Tab.of(owner), fields("Hello")
    await tab.client.post("/draft", written)
    async with tab.listening() as socket:
        await tab.send("Hello", client_id=str(written["client_id"]), model="claude-sonnet-4-6")
        event = (await socket.until("draft.changed"))[-1]

    assert (event["conversation"], event["client_id"], event["text"]) == (None, None, "")
