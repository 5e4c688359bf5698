"""Tokens of servers on the page: kept, replaced, removed, and never sent to another server."""

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.mcp.encryption import decrypt, encrypt
from chatapp.mcp.models import Server
from tests.mcp.conftest import UNREACHABLE, edit

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/tools/servers/add"
TOKEN = "mcp-0123456789"
REMOTE = "http://localhost:1/mcp"


@pytest.fixture
def with_token(notes: Server) -> Server:
    """A server that requires a token."""
    notes.encrypted_token = encrypt(TOKEN)
    notes.save()
    return notes


def test_a_pasted_bearer_is_removed_from_a_token(owner_client: Client) -> None:
    owner_client.post(ADD, {"name": "Notes", "url": UNREACHABLE, "token": f"Bearer {TOKEN}"})

    assert decrypt(Server.objects.get().encrypted_token) == TOKEN


def test_a_token_is_kept_when_the_field_is_empty(owner_client: Client, with_token: Server) -> None:
    assert edit(owner_client, with_token, name="My notes", url=UNREACHABLE + "/v2") == 303

    assert (with_token.name, with_token.url) == ("My notes", UNREACHABLE + "/v2")
    assert decrypt(with_token.encrypted_token) == TOKEN


def test_a_token_is_replaced_or_removed(owner_client: Client, with_token: Server) -> None:
    assert edit(owner_client, with_token, token="another") == 303
    assert decrypt(with_token.encrypted_token) == "another"

    assert edit(owner_client, with_token, without_token="on") == 303
    assert with_token.encrypted_token == ""


def test_a_token_is_not_both_replaced_and_removed(owner_client: Client, with_token: Server) -> None:
    assert edit(owner_client, with_token, token="another", without_token="on") == 422

    assert decrypt(with_token.encrypted_token) == TOKEN


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:2/mcp", "https://127.0.0.1:1/mcp", "http://localhost:1/mcp"]
)
def test_a_token_is_not_sent_to_another_server(
    owner_client: Client, with_token: Server, url: str
) -> None:
    assert edit(owner_client, with_token, url=url) == 422
    assert with_token.url == UNREACHABLE

    assert edit(owner_client, with_token, url=url, token="another") == 303
    assert (with_token.url, decrypt(with_token.encrypted_token)) == (url, "another")


def test_another_address_is_saved_without_the_token(
    owner_client: Client, with_token: Server
) -> None:
    assert edit(owner_client, with_token, url=REMOTE, without_token="on") == 303

    assert (with_token.url, with_token.encrypted_token) == (REMOTE, "")


def test_a_token_typed_in_an_old_tab_goes_to_the_address_of_that_tab(
    owner_client: Client, with_token: Server
) -> None:
    Server.objects.update(url=REMOTE)  # in another tab

    edit(owner_client, Server(pk=with_token.pk, name="Notes", url=UNREACHABLE), token="another")

    with_token.refresh_from_db()
    assert (with_token.url, decrypt(with_token.encrypted_token)) == (UNREACHABLE, "another")


def test_two_tabs_do_not_undo_each_others_changes(owner_client: Client, with_token: Server) -> None:
    old = Server(pk=with_token.pk, name=with_token.name, url=with_token.url)
    edit(owner_client, with_token, url=REMOTE, token="another")
    Server.objects.update(is_enabled=False)

    assert edit(owner_client, old, name="My notes") == 303

    with_token.refresh_from_db()
    assert (with_token.name, with_token.url, with_token.is_enabled) == ("My notes", REMOTE, False)
    assert decrypt(with_token.encrypted_token) == "another"


def test_a_token_of_a_former_secret_key_may_be_entered_again(
    owner_client: Client, notes: Server, settings: Settings
) -> None:
    present, settings.SECRET_KEY = settings.SECRET_KEY, "former"
    Server.objects.update(encrypted_token=encrypt(TOKEN))
    settings.SECRET_KEY = present

    assert edit(owner_client, notes, token=TOKEN) == 303
    assert decrypt(notes.encrypted_token) == TOKEN


@pytest.mark.parametrize(
    ("token", "header", "kept"),
    [
        (TOKEN, "X-API-Key", (TOKEN, "X-API-Key")),
        (TOKEN, " x-api-key: ", (TOKEN, "x-api-key")),
        (TOKEN, "Authorization", (TOKEN, "")),
        (f"X-API-Key: {TOKEN}", "", (TOKEN, "X-API-Key")),
        (f"authorization: bearer {TOKEN}", "", (TOKEN, "")),
        (f"Authorization: Token {TOKEN}", "", (f"Token {TOKEN}", "")),
        (f"Basic {TOKEN}", "", (f"Basic {TOKEN}", "")),
    ],
)
def test_a_server_may_want_its_token_in_another_header(
    owner_client: Client, token: str, header: str, kept: tuple[str, str]
) -> None:
    fields = {"name": "Notes", "url": UNREACHABLE, "token": token, "token_header": header}

    assert owner_client.post(ADD, fields).status_code == 303

    server = Server.objects.get()
    assert (decrypt(server.encrypted_token), server.token_header) == kept
    assert TOKEN not in owner_client.get(f"/tools/servers/{server.pk}/change").text


NO_NAME, TAKEN = "Enter the name of a header", "This header is used for something else"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("two words", NO_NAME),
        ("X-Key\r\nX: 1", NO_NAME),
        ("Schlüssel", NO_NAME),
        ("x" * 61, NO_NAME),
        ("Host", TAKEN),
        ("content-length", TAKEN),
        ("Mcp-Session-Id", TAKEN),
    ],
)
def test_a_header_that_can_not_carry_a_token_is_refused(
    owner_client: Client, header: str, reason: str
) -> None:
    fields = {"name": "Notes", "url": UNREACHABLE, "token": TOKEN, "token_header": header}

    answer = owner_client.post(ADD, fields)

    assert answer.status_code == 422
    assert reason in answer.text
    assert not Server.objects.exists()


def test_the_header_is_changed_alone_and_kept_alone(
    owner_client: Client, with_token: Server
) -> None:
    shown = {"initial-token_header": ""}
    assert edit(owner_client, with_token, token_header="X-API-Key", **shown) == 303
    assert (with_token.token_header, decrypt(with_token.encrypted_token)) == ("X-API-Key", TOKEN)
    assert with_token.problem  # checked again

    shown = {"token_header": "X-API-Key", "initial-token_header": "X-API-Key"}
    assert edit(owner_client, with_token, name="My notes", **shown) == 303
    assert with_token.token_header == "X-API-Key"


def test_a_pasted_line_replaces_the_header_that_was_saved(
    owner_client: Client, with_token: Server
) -> None:
    shown = {"initial-token_header": ""}
    edit(owner_client, with_token, token_header="X-API-Key", **shown)

    shown = {"token_header": "X-API-Key", "initial-token_header": "X-API-Key"}
    assert edit(owner_client, with_token, token="X-Key: another-token", **shown) == 303

    assert (with_token.token_header, decrypt(with_token.encrypted_token)) == (
        "X-Key",
        "another-token",
    )
