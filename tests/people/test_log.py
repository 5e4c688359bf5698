"""/people/log/: who may read it, filters, pages, and the file."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.people.log_filter import PER_PAGE

PAGES = ["/people/log/", "/people/log/file"]


@pytest.fixture
def log(owner: Person, member: Person) -> None:
    """Record three entries, one of them half an hour before a day begins in Berlin."""
    Entry.objects.record(Action.SIGNED_IN, member, methods=["password"])
    Entry.objects.record(Action.INVITED, owner, subject="bert@example.com", role="guest")
    Entry.objects.record(Action.DEACTIVATED, owner, subject=member.email)
    Entry.objects.filter(action=Action.SIGNED_IN).update(
        at=datetime(2026, 5, 1, 21, 30, tzinfo=UTC)
    )
    Entry.objects.filter(action=Action.INVITED).update(at=datetime(2026, 5, 1, 22, 30, tzinfo=UTC))


def sentences(client: Client, query: str = "") -> list[str]:
    rows = client.get(f"/people/log/{query}").context["rows"]
    return [sentence for _entry, sentence in rows]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", [*Role, None])
def test_only_the_owner_and_admins_find_it(
    signed_in: Callable[[Person], Client],
    owner: Person,
    member: Person,
    path: str,
    method: str,
    role: Role | None,
) -> None:
    if role is None:
        assert Client().generic(method, path).status_code == 302
        return
    if role != Role.OWNER:
        member.assigned_role = role
        member.save()
    client = signed_in(owner if role == Role.OWNER else member)

    status = client.generic(method, path).status_code

    if role in (Role.OWNER, Role.ADMIN):
        assert status == (200 if method == "GET" else 405)
    else:
        assert status == 404


def test_the_newest_entry_comes_first_in_plain_sentences(owner_client: Client, log: None) -> None:
    assert sentences(owner_client) == [
        "owner@example.com deactivated the account of member@example.com.",
        "owner@example.com invited bert@example.com as guest.",
        "member@example.com signed in with a password.",
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?group=people", 2),
        ("?group=sign-in", 1),
        ("?person=Member@example.com", 2),
        ("?person=bert@example.com", 1),
        ("?since=2026-05-02&until=2026-05-02", 1),
        ("?until=2026-05-01", 1),
        ("?since=2026-05-01&until=2026-05-02", 2),
        ("?group=nonsense&since=yesterday", 3),
        ("?since=0001-01-01&until=9999-12-31", 3),
        ("?before=nonsense", 3),
        (f"?before={'9' * 5000}", 3),
        ("?before=1", 0),
    ],
)
def test_filters_leave_out_the_rest(
    owner_client: Client, log: None, query: str, count: int
) -> None:
    owner_client.cookies["zone"] = "Europe/Berlin"

    assert len(sentences(owner_client, query)) == count


def test_times_are_those_of_the_reader(owner_client: Client, log: None) -> None:
    owner_client.cookies["zone"] = "Europe/Berlin"

    assert "May 2, 2026, 12:30 a.m." in owner_client.get("/people/log/").text


def test_pages_follow_each_other_with_the_filter(owner_client: Client, owner: Person) -> None:
    now = timezone.now()
    Entry.objects.bulk_create(
        Entry(action=Action.EXPORTED, actor=owner, actor_email=owner.email, at=now)
        for _ in range(PER_PAGE + 1)
    )
    Entry.objects.record(Action.SHARED, owner)

    first = owner_client.get("/people/log/?group=chats&person=owner@example.com")
    more = first.context["more_url"]
    last = owner_client.get(more)

    assert "group=chats" in more
    assert len(first.context["rows"]) == PER_PAGE
    assert len(last.context["rows"]) == 2
    assert not last.context["more_url"]


def test_the_number_of_queries_does_not_grow(
    owner_client: Client, owner: Person, log: None
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner_client.get("/people/log/")
        return len(captured)

    owner_client.get("/people/log/")
    before = queries()
    for _ in range(10):
        Entry.objects.record(Action.SHARED, owner)
    assert queries() == before


def test_what_people_name_is_escaped_on_the_page(owner_client: Client, owner: Person) -> None:
    Entry.objects.record(Action.TOOL_SERVER_CHANGED, owner, subject="<b>Notes</b>", change="added")

    page = owner_client.get("/people/log/").text

    assert "<b>Notes</b>" not in page
    assert "&lt;b&gt;Notes" in page


@pytest.mark.django_db(transaction=True)
async def test_the_file_has_what_the_filter_leaves_and_no_formulas(
    async_owner_client: AsyncClient, owner: Person
) -> None:
    owner.name = "=HYPERLINK(1)"
    await owner.asave()
    await Entry.objects.acreate(
        action=Action.TOOL_SERVER_CHANGED,
        actor=owner,
        actor_email=owner.email,
        subject="+Notes",
        details={"change": "added"},
        at=datetime(2026, 5, 1, 22, 30, tzinfo=UTC),
    )
    await Entry.objects.acreate(action=Action.SIGNED_IN, actor=owner, actor_email=owner.email)
    async_owner_client.cookies["zone"] = "Europe/Berlin"

    response = await async_owner_client.get("/people/log/file?group=settings")
    body = b"".join([part async for part in response]).decode()

    assert response["Content-Disposition"].startswith("attachment")
    [heading, row] = csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline=""))
    assert heading == ["time", "what", "person", "about", "address", "action", "details"]
    assert row == [
        "2026-05-02 00:30:00+02:00",
        "'=HYPERLINK(1) added the tool server +Notes.",
        owner.email,
        "'+Notes",
        "",
        "tool_server_changed",
        "change: added",
    ]
