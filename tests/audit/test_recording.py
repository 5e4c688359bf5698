"""What people do to chats and tools is recorded, without a title or a text of a chat."""

import pytest
from django.test import AsyncClient, Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.conversations.models import Exchange, trash
from chatapp.mcp.models import Server
from chatapp.sharing.models import Share

pytestmark = pytest.mark.django_db(transaction=True)


def recorded() -> list[tuple[str, str]]:
    found = Entry.objects.order_by("pk").values_list("action", "subject")
    assert "Hello" not in str(Entry.objects.values())
    return list(found)


def test_shares_are_recorded_by_their_id_and_never_by_their_link(
    owner_client: Client, exchange: Exchange
) -> None:
    for _ in range(2):  # the second one changes nothing
        owner_client.post(f"/c/{exchange.conversation.pk}/share", {"time": "0"})
    share = Share.objects.get()
    owner_client.post(f"/shares/{share.pk}/revocation")

    subject = str(share.pk)
    assert recorded() == [(Action.SHARED, subject), (Action.SHARING_ENDED, subject)]
    assert share.token not in str(Entry.objects.values())


def test_an_export_of_everything_is_recorded(owner_client: Client, exchange: Exchange) -> None:
    owner_client.post("/transfer/exports/")

    assert recorded() == [(Action.EXPORTED, "")]


def test_deleting_for_good_is_recorded_with_the_number_of_chats(
    owner_client: Client, exchange: Exchange
) -> None:
    until = {"until": timezone.now().isoformat()}
    owner_client.post("/trash/emptying", until)
    assert recorded() == []  # it was empty
    trash.trash(exchange.conversation)

    owner_client.post("/trash/emptying", {"until": timezone.now().isoformat()})

    assert recorded() == [(Action.DELETED_FOR_GOOD, "")]
    entry = Entry.objects.get()
    assert entry.details == {"count": 1}


def test_deleting_one_chat_for_good_is_recorded(owner_client: Client, exchange: Exchange) -> None:
    trash.trash(exchange.conversation)

    owner_client.post(f"/c/{exchange.conversation.pk}/removal")

    assert recorded() == [(Action.DELETED_FOR_GOOD, "")]


async def test_tool_servers_are_recorded_by_name_and_never_with_their_token(
    async_owner_client: AsyncClient, owner: Person
) -> None:
    fields = {"name": "Notes", "url": "http://127.0.0.1:1/mcp", "token": "the-token"}
    await async_owner_client.post("/tools/servers/add", fields)
    server = await Server.objects.aget()
    await async_owner_client.post(f"/tools/servers/{server.pk}/remove")
    await async_owner_client.post(f"/tools/servers/{server.pk}/remove")

    entries = [entry async for entry in Entry.objects.order_by("pk")]
    assert [(entry.subject, entry.details) for entry in entries] == [
        ("Notes", {"change": "added"}),
        ("Notes", {"change": "removed"}),
    ]
    assert "the-token" not in str([entry.__dict__ for entry in entries])


def test_what_a_tool_may_do_is_recorded_only_when_it_changes(owner_client: Client) -> None:
    for _ in range(2):
        owner_client.post(
            "/tools/built-in", {"tool-calculate": "off", "initial-tool-calculate": "allow"}
        )
    owner_client.post("/tools/built-in", {})

    details = list(Entry.objects.values_list("details", flat=True))
    assert details == [{"change": "access", "tools": {"calculate": "off"}}] * 2
