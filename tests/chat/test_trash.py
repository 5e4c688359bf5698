"""/trash/, /archive/ and their commands: events, old pages, and browsers without scripts."""

import uuid
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import Conversation, Exchange, arrangement, trash
from chatapp.replies import trashing
from tests.support.replies import MODEL
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}
EARLY = "0001-01-01T00:00:00+23:59"  # in UTC there is no such year


def chats(person: Person, count: int, **values: Any) -> list[Conversation]:
    return Conversation.objects.bulk_create(
        Conversation(owner=person, model=MODEL, title=f"Chat {number}", **values)
        for number in range(count)
    )


async def events_of(person: Person, url: str, fields: dict[str, Any], last: str) -> list[Any]:
    """Post a form and return the events up to one of a kind."""
    tab = await Tab.of(person)
    async with tab.listening() as live:
        answer = await tab.client.post(url, fields, headers=JSON)
        assert answer.status_code == 204
        return await live.until(last)


async def test_tabs_can_undo_what_one_request_deleted(owner: Person) -> None:
    rows = await background.in_thread(chats, owner, 2)
    undo = str(uuid.uuid4())
    fields = {"conversation": [str(row.pk) for row in rows], "undo": undo, "action": "delete"}
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await tab.client.post("/conversations/batch", fields, headers=JSON)
        deleted = [await live.event(), await live.event()]
        again = await tab.client.post("/conversations/batch", fields, headers=JSON)
        await tab.client.post("/conversations/batch", fields | {"action": "restore"}, headers=JSON)
        restored = await live.event()

    assert again.status_code == 204
    assert {event["type"] for event in deleted} == {"conversation.deleted"}
    assert {event["undo"] for event in deleted} == {undo}
    assert {event["conversation"] for event in deleted} == {str(row.pk) for row in rows}
    assert restored["type"] == "sidebar.changed"
    assert set(restored["restored"]) == {str(row.pk) for row in rows}


@pytest.mark.parametrize("path", ["pin", "archive"])
async def test_tabs_fetch_the_list_again(owner: Person, exchange: Exchange, path: str) -> None:
    url = f"/c/{exchange.conversation.pk}/{path}"

    [event] = await events_of(owner, url, {"on": "on"}, "sidebar.changed")

    assert event["restored"] == []


async def test_opening_a_chat_is_seen_in_every_tab(owner: Person, exchange: Exchange) -> None:
    tab = await Tab.of(owner)
    tab.conversation = exchange.conversation.pk
    async with tab.listening() as live:
        for path in ("", "", "seen"):  # only the first of them changes anything
            await (tab.post(path) if path else tab.get(path))
        await Conversation.objects.aupdate(is_unread=True)
        await tab.post("seen")
        events = [await live.event(), await live.event()]
        assert await live.is_silent()

    assert [event["type"] for event in events] == ["conversation.seen"] * 2


def test_an_old_page_empties_only_what_it_showed(owner_client: Client, owner: Person) -> None:
    now = timezone.now()
    chats(owner, 3, trashed_at=now - timedelta(hours=1))
    [late] = chats(owner, 1, trashed_at=now)
    until = (now - timedelta(minutes=1)).isoformat()

    answers = [
        owner_client.post("/trash/emptying", {"until": value}).status_code
        for value in (
            "",
            "nonsense",
            "2026-13-45T00:00:00Z",
            "2026-01-01T00:00:00",
            EARLY,
            until,
            until,
        )
    ]

    assert answers == [422, 422, 422, 422, 422, 303, 303]
    assert list(Conversation.objects.in_trash()) == [late]


async def test_a_chat_that_is_restored_at_the_same_moment_stays(exchange: Exchange) -> None:
    await sync_to_async(trash.trash)(exchange.conversation)
    seen = await Conversation.objects.aget(pk=exchange.conversation.pk)  # by the other tab
    await sync_to_async(trash.restore)(exchange.conversation)

    with patch.object(events, "conversation_deleted") as announced:
        await trashing.delete(seen)

    assert await Conversation.objects.present().acount() == 1
    announced.assert_not_called()


def test_without_scripts_each_command_leads_to_a_page(
    owner_client: Client, exchange: Exchange
) -> None:
    path = exchange.conversation.get_absolute_url()

    deleted = owner_client.post(f"{path}deletion")
    page = owner_client.get(deleted["Location"])
    gone = owner_client.get(path)
    restored = owner_client.post(f"{path}restoration")

    assert f"{path}restoration" in page.text
    assert "was moved to the trash" in page.text
    assert (gone.status_code, "is in the trash" in gone.text) == (404, True)
    assert restored["Location"] == path
    assert owner_client.get(path).status_code == 200


def test_a_page_without_scripts_keeps_its_text_when_it_restores(
    owner_client: Client, exchange: Exchange
) -> None:
    path = exchange.conversation.get_absolute_url()
    trash.trash(exchange.conversation)
    fields = {"client_id": str(uuid.uuid4()), "parent": str(exchange.reply.pk), "text": "Too late"}

    refused = owner_client.post(f"{path}messages", fields)
    page = owner_client.post(f"{path}restoration", fields)

    assert refused.status_code == 410
    assert f'formaction="{path}restoration"' in refused.text
    assert "Too late" in page.text
    assert f'action="{path}messages"' in page.text


def test_the_refusal_of_a_message_offers_to_restore_only_what_can_be(
    owner_client: Client, exchange: Exchange
) -> None:
    path = exchange.conversation.get_absolute_url()
    fields = {"client_id": str(uuid.uuid4()), "parent": str(exchange.reply.pk), "text": "Late"}
    found = []
    for values in ({"trashed_at": timezone.now()}, {"deleted_at": timezone.now()}):
        Conversation.objects.update(**values)
        body = owner_client.post(f"{path}messages", fields, headers=JSON).json()
        found.append((body["gone"], "html" in body))

    assert found == [(True, True), (True, False)]


@pytest.mark.parametrize(
    ("path", "mark"), [("/trash/", "trashed_at"), ("/archive/", "archived_at")]
)
def test_more_in_a_list_costs_the_same_queries(
    owner_client: Client, owner: Person, path: str, mark: str
) -> None:
    owner_client.get("/")
    counts = []
    for _round in range(2):
        chats(owner, 40, **{mark: timezone.now()})
        with CaptureQueriesContext(connection) as queries:
            page = owner_client.get(path)
        counts.append(len(queries))

    assert f"{path}?before=" in page.text
    assert counts[0] == counts[1] <= 9


def test_unusable_batches_are_refused_with_a_sentence(owner_client: Client, owner: Person) -> None:
    many = [str(uuid.uuid4()) for _each in range(201)]
    answers = [
        owner_client.post("/conversations/batch", fields)
        for fields in ({"action": "delete", "conversation": many}, {"action": "burn"})
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(answer.json()["error"] for answer in answers)


def test_one_pin_too_many_is_refused_with_a_sentence(owner_client: Client, owner: Person) -> None:
    chats(owner, arrangement.MAX_PINNED, pinned_at=timezone.now())
    [last] = chats(owner, 1)

    answer = owner_client.post(f"{last.get_absolute_url()}pin", {"on": "on"})

    assert (answer.status_code, "Unpin one first" in answer.json()["error"]) == (422, True)


async def test_what_is_deleted_for_good_leaves_every_tab(
    owner: Person, async_owner_client: AsyncClient, exchange: Exchange
) -> None:
    url = f"/c/{exchange.conversation.pk}/removal"
    await background.in_thread(trash.trash, exchange.conversation)

    [event] = await events_of(owner, url, {}, "conversation.deleted")

    assert event["undo"] is None
    assert (await async_owner_client.post(url)).status_code == 404
