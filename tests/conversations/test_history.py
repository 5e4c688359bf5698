"""Pages of messages and of conversations: complete, in order, at a constant cost."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.models import Person
from chatapp.conversations.history import (
    MESSAGES_PER_PAGE,
    message_page,
    messages_after,
)
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.sidebar import CONVERSATIONS_PER_PAGE, conversation_page
from tests.support.replies import MODEL

JSON = {"accept": "application/json"}
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def long_conversation(owner: Person, count: int) -> Conversation:
    conversation = Conversation.objects.create(owner=owner, model=MODEL, title=f"{count} messages")
    ids = [uuid.uuid4() for _position in range(count)]
    Message.objects.bulk_create(
        Message(
            id=ids[position],
            conversation=conversation,
            parent_id=ids[position - 1] if position else None,
            position=position,
            role=Message.Role.ASSISTANT if position % 2 else Message.Role.USER,
            status=Message.Status.COMPLETE,
            text=f"Message {position}",
        )
        for position in range(count)
    )
    return conversation


def many_conversations(owner: Person, count: int) -> None:
    Conversation.objects.bulk_create(
        # Some were active at the very same moment, and the cursor must not skip any.
        Conversation(
            owner=owner, model=MODEL, title=str(n), active_at=NOW - timedelta(hours=n // 3)
        )
        for n in range(count)
    )


def test_pages_of_messages_contain_each_message_once(owner: Person) -> None:
    conversation = long_conversation(owner, 2 * MESSAGES_PER_PAGE + 7)

    page = message_page(conversation)
    positions = [message.position for message in page.messages]
    while page.older_url:
        page = message_page(conversation, before=positions[0])
        positions = [message.position for message in page.messages] + positions

    assert positions == list(range(2 * MESSAGES_PER_PAGE + 7))


def test_newer_messages_follow_a_position(owner: Person) -> None:
    conversation = long_conversation(owner, 10)

    assert [message.position for message in messages_after(conversation, 7)] == [8, 9]


def test_pages_of_conversations_contain_each_conversation_once(owner: Person) -> None:
    many_conversations(owner, 2 * CONVERSATIONS_PER_PAGE + 5)

    page, seen = conversation_page(owner), []
    while True:
        seen += [row.pk for _label, rows in page.groups for row in rows]
        if not page.more_url:
            break
        page = conversation_page(owner, page.more_url.partition("before=")[2])

    assert len(seen) == len(set(seen)) == 2 * CONVERSATIONS_PER_PAGE + 5


@pytest.mark.parametrize("cursor", ["", "nonsense", "2026-01-01T00:00:00Z_x", "x_" + "0" * 32])
def test_an_invalid_cursor_returns_the_first_page(owner: Person, cursor: str) -> None:
    many_conversations(owner, 2)

    assert conversation_page(owner, cursor).groups


def test_the_sidebar_is_grouped_by_date(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    for days in (0, 1, 3, 10, 40, 400):
        Conversation.objects.create(
            owner=owner, model=MODEL, title=str(days), active_at=NOW - timedelta(days=days)
        )

    labels = [label for label, _rows in conversation_page(owner).groups]

    assert labels == [
        "Today",
        "Yesterday",
        "Previous 7 days",
        "Previous 30 days",
        "April 2026",
        "April 2025",
    ]


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("UTC", "Today"),
        ("Pacific%2FKiritimati", "Yesterday"),
        ("../../etc/passwd", "Today"),
        ("Nowhere/City", "Today"),
    ],
)
def test_days_follow_the_time_zone_of_the_person(
    owner: Person,
    owner_client: Client,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    label: str,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    Conversation.objects.create(owner=owner, model=MODEL, active_at=NOW - timedelta(hours=11))
    owner_client.cookies["zone"] = zone

    groups = owner_client.get("/").context["sidebar"].groups

    assert [name for name, _rows in groups] == [label]


def known(client: Client) -> Client:
    """Return the client with the cookie that names its person, which each first page sets."""
    client.get("/")
    return client


@pytest.mark.parametrize("path", ["", "messages", "messages?before=30"])
def test_a_longer_conversation_costs_the_same_queries(
    owner: Person,
    owner_client: Client,
    path: str,
) -> None:
    client, counts = known(owner_client), []
    for count in (MESSAGES_PER_PAGE, 10 * MESSAGES_PER_PAGE):
        conversation = long_conversation(owner, count)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/c/{conversation.pk}/{path}")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 14


def test_more_conversations_cost_the_same_queries(
    owner: Person,
    owner_client: Client,
) -> None:
    client, counts = known(owner_client), []
    for _round in range(2):
        many_conversations(owner, 100)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8


def test_an_earlier_page_links_to_older_messages(owner: Person, owner_client: Client) -> None:
    conversation = long_conversation(owner, MESSAGES_PER_PAGE + 1)

    page = owner_client.get(f"/c/{conversation.pk}/").content.decode()
    older = owner_client.get(
        f"/c/{conversation.pk}/messages?before=1", headers=JSON
    ).content.decode()

    assert f"/c/{conversation.pk}/messages?before=1" in page
    assert "Message 0" in older
    assert "Message 0<" not in page


@pytest.mark.parametrize(
    "path", ["/c/{}/messages?before=5", "/conversations?before=2026-05-20T12:00:00.000000Z_{}"]
)
def test_without_scripts_a_part_of_a_list_is_a_whole_page(
    owner: Person, owner_client: Client, path: str
) -> None:
    conversation = long_conversation(owner, 10)

    answer = owner_client.get(path.format(conversation.pk)).content.decode()

    assert "<html" in answer
    assert "Message 5<" not in answer


@pytest.mark.parametrize(
    "query", ["before=0", "before=x", "before=-1", "after=", "after=99999999999999"]
)
def test_an_invalid_position_is_no_error(owner: Person, owner_client: Client, query: str) -> None:
    conversation = long_conversation(owner, 3)

    assert owner_client.get(f"/c/{conversation.pk}/messages?{query}").status_code == 200


def test_the_sidebar_holds_the_current_conversation_however_old_it_is(owner: Person) -> None:
    many_conversations(owner, CONVERSATIONS_PER_PAGE + 5)
    *_, oldest = Conversation.objects.of(owner).newest_first()

    without, page = conversation_page(owner), conversation_page(owner, "", oldest)

    listed = [each for _label, group in page.groups for each in group]
    assert listed[-1] == oldest
    assert len(listed) == len(set(listed)) == CONVERSATIONS_PER_PAGE + 1
    assert page.more_url == without.more_url  # the next page holds it in its place
    newest = listed[0]
    assert conversation_page(owner, "", newest).groups == without.groups
