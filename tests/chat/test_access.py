"""Every URL of a conversation: whoever it belongs to may, whatever their role, unless that doesn't
include it; another person gets 404, and whoever is signed out signs in."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, add_exchange, arrangement, trash
from tests.support.people import ROLES, STRANGER
from tests.support.replies import complete, new_message
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db(transaction=True)

DRAFT = {"client_id": str(uuid.uuid4()), "tab": str(uuid.uuid4()), "edit": "1", "text": "Half"}
NEW = str(uuid.uuid4())
JSON = "application/json"
URLS = [
    ("GET", "", {}, HTTPStatus.OK),
    ("GET", "messages", {}, HTTPStatus.OK),
    ("GET", "markdown", {}, HTTPStatus.OK),
    ("GET", "html", {}, HTTPStatus.OK),
    ("GET", "json", {}, HTTPStatus.OK),
    ("GET", "draft", {}, HTTPStatus.OK),
    ("POST", "draft", DRAFT, HTTPStatus.NO_CONTENT),
    ("GET", "share", {}, HTTPStatus.OK),
    ("POST", "share", {}, HTTPStatus.OK),
    ("POST", "share/snapshot", {}, HTTPStatus.OK),
    ("POST", "title", {"title": "New"}, HTTPStatus.NO_CONTENT),
    ("GET", "settings", {}, HTTPStatus.OK),
    ("GET", "prompt/", {}, HTTPStatus.OK),
    ("GET", "project/", {}, HTTPStatus.OK),
    ("POST", "project/", {"project": ""}, HTTPStatus.NO_CONTENT),
    ("POST", "settings", {"model": "claude-sonnet-4-6"}, HTTPStatus.NO_CONTENT),
    ("POST", "pin", {"on": "on"}, HTTPStatus.NO_CONTENT),
    ("POST", "archive", {"on": "on"}, HTTPStatus.NO_CONTENT),
    ("POST", "seen", {}, HTTPStatus.NO_CONTENT),
    ("POST", "deletion", {}, HTTPStatus.NO_CONTENT),
    ("POST", "restoration", {}, HTTPStatus.NO_CONTENT),
    # Only what is in the trash is deleted for good.
    ("POST", "removal", {}, HTTPStatus.NOT_FOUND),
    ("GET", "replies/{reply}/state", {}, HTTPStatus.OK),
    ("POST", "replies/{reply}/stop", {}, HTTPStatus.NO_CONTENT),
    # A complete reply is neither retried nor continued nor excluded.
    ("POST", "replies/{reply}/retry", {}, HTTPStatus.CONFLICT),
    ("POST", "replies/{reply}/continuation", {}, HTTPStatus.CONFLICT),
    ("POST", "replies/{reply}/exclusion", {"scope": "turn"}, HTTPStatus.CONFLICT),
    ("POST", "replies/{reply}/regeneration", {}, HTTPStatus.UNPROCESSABLE_ENTITY),
    ("GET", "messages/{reply}/", {}, HTTPStatus.OK),
    ("GET", "messages/{message}/", {}, HTTPStatus.OK),
    ("GET", "messages/{message}/edit", {}, HTTPStatus.OK),
    ("POST", "messages/{message}/edit", {"text": "New"}, HTTPStatus.UNPROCESSABLE_ENTITY),
    ("POST", "messages/{reply}/shown", {}, HTTPStatus.NO_CONTENT),
    ("POST", "messages/{reply}/branch", {"conversation": NEW}, HTTPStatus.CREATED),
    ("POST", "messages/{reply}/version-deletion", {}, HTTPStatus.CONFLICT),
    ("POST", "messages/{reply}/version-restoration", {}, HTTPStatus.NO_CONTENT),
    ("GET", "?message={reply}", {}, HTTPStatus.FOUND),
    ("GET", "?deleted={reply}", {}, HTTPStatus.OK),
]
# What the role of a guest doesn't include; the others may do everything with what is theirs.
NOT_FOR_GUESTS = {"share", "share/snapshot"}


def ask(
    client: Client, exchange: Exchange, method: str, path: str, fields: dict[str, str]
) -> HTTPStatus:
    path = path.format(reply=exchange.reply.pk, message=exchange.message.pk)
    path = f"/c/{exchange.conversation.pk}/{path}"
    call = client.post if method == "POST" else client.get
    return HTTPStatus(call(path, fields, headers={"accept": "application/json"}).status_code)


@pytest.mark.parametrize(("method", "path", "fields", "status"), URLS)
def test_people_of_every_role_reach_what_is_theirs_and_nobody_elses(
    signed_in: Callable[[Person], Client],
    method: str,
    path: str,
    fields: dict[str, str],
    status: HTTPStatus,
) -> None:
    found, of_stranger, of_nobody = {}, {}, {}
    stranger = signed_in(person_of(STRANGER))
    for role in ROLES:
        person = person_of(role)
        exchange = add_exchange(person, new_message())
        complete(exchange.reply)
        of_nobody[role] = ask(Client(), exchange, method, path, fields)
        of_stranger[role] = ask(stranger, exchange, method, path, fields)
        exchange.conversation.refresh_from_db()
        assert exchange.conversation.title == "Hello"
        own = fields | ({"conversation": str(uuid.uuid4())} if "conversation" in fields else {})
        found[role] = ask(signed_in(person), exchange, method, path, own)

    expected = dict.fromkeys(ROLES, status)
    if path in NOT_FOR_GUESTS:
        expected["guest"] = HTTPStatus.NOT_FOUND
    assert found == expected
    assert of_stranger == dict.fromkeys(ROLES, HTTPStatus.NOT_FOUND)
    assert of_nobody == dict.fromkeys(ROLES, HTTPStatus.UNAUTHORIZED)


COMMANDS = ["title", "pin", "archive", "seen", "deletion", "restoration", "removal"]


@pytest.mark.parametrize("path", [*COMMANDS, "replies/{reply}/stop"])
def test_commands_need_a_post(owner_client: Client, exchange: Exchange, path: str) -> None:
    status = ask(owner_client, exchange, "GET", path, {})

    assert status == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", ["restoration", "removal"])
def test_what_is_in_the_trash_is_not_found_by_others(
    owner_client: Client,
    member_client: Client,
    stranger_client: Client,
    exchange: Exchange,
    path: str,
) -> None:
    trash.trash(exchange.conversation)

    found = [
        ask(client, exchange, "POST", path, {})
        for client in (stranger_client, member_client, owner_client)
    ]

    assert found == [HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.NO_CONTENT]


@pytest.mark.parametrize("action", ["archive", "unarchive", "delete", "restore"])
def test_a_batch_leaves_out_what_belongs_to_others(
    member_client: Client, exchange: Exchange, action: str
) -> None:
    if action == "restore":
        trash.trash(exchange.conversation)
    if action == "unarchive":
        arrangement.archive(exchange.conversation)
    before = Conversation.objects.values().get()
    fields = {"action": action, "conversation": str(exchange.conversation.pk)}

    answer = member_client.post("/conversations/batch", fields, headers={"accept": JSON})

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert Conversation.objects.values().get() == before


@pytest.mark.parametrize("path", ["/trash/", "/archive/"])
def test_lists_and_batches_need_a_person(stranger_client: Client, path: str) -> None:
    posts = [f"{path}emptying" if path == "/trash/" else "/conversations/batch"]

    assert stranger_client.get(path).status_code == HTTPStatus.FOUND
    assert [stranger_client.post(url).status_code for url in posts] == [HTTPStatus.FOUND]


def test_a_reply_is_only_found_in_its_own_conversation(
    owner_client: Client, exchange: Exchange
) -> None:
    url = f"/c/{uuid.uuid4()}/replies/{exchange.reply.pk}/state"

    assert owner_client.get(url).status_code == 404


def test_a_persons_own_message_has_no_reply_urls(owner_client: Client, exchange: Exchange) -> None:
    url = f"/c/{exchange.conversation.pk}/replies/{exchange.message.pk}/stop"

    assert owner_client.post(url).status_code == 404
