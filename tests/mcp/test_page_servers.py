"""Adding, editing, checking and removing servers on the page."""

import re

import pytest
from django.test import Client

from chatapp.mcp.encryption import decrypt
from chatapp.mcp.models import Server, ToolSetting
from chatapp.mcp.server_form import ServerForm
from tests.mcp.conftest import UNREACHABLE, edit

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/tools/servers/add"
TOKEN = "mcp-0123456789"
REMOTE = "http://localhost:1/mcp"


def test_a_new_server_that_does_not_answer_is_saved_and_asked_about(owner_client: Client) -> None:
    answer = owner_client.post(ADD, {"name": " My  notes ", "url": UNREACHABLE, "token": TOKEN})

    server = Server.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/tools/?at=server-{server.pk}&note=unreached#server-{server.pk}"
    assert (server.name, server.url, decrypt(server.encrypted_token)) == (
        "My notes",
        UNREACHABLE,
        TOKEN,
    )
    assert server.is_enabled
    assert server.checked_at
    assert server.problem
    page = owner_client.get(answer["Location"]).text
    assert "Added." not in page
    assert "Do you want to keep it?" in page
    assert "can&#x27;t be reached" in page
    assert f'href="/tools/#server-{server.pk}">Keep</a>' in page
    for name, path in (("Edit", "change"), ("Remove", "remove")):
        link = rf'href="/tools/servers/{server.pk}/{path}">\s*{name}<'
        assert len(re.findall(link, page)) == 1


def test_a_change_after_which_the_server_does_not_answer_is_asked_about(
    owner_client: Client, notes: Server
) -> None:
    fields = {"name": "Notes", "url": REMOTE, "initial-name": "Notes", "initial-url": UNREACHABLE}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/change", fields | {"token": ""})

    assert "note=unreached" in answer["Location"]
    named = fields | {"name": "My notes", "initial-url": REMOTE}
    answer = owner_client.post(f"/tools/servers/{notes.pk}/change", named | {"token": ""})
    assert "note=saved" in answer["Location"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "x" * 41}, "Use at most 40 characters for the name (it has 41)."),
        ({"name": "x" * 1_000_000}, "for the name (it has 1000000)"),
        ({"name": "Notes \u202egnp"}, "an invisible character"),
        ({"name": "Notes\u200b"}, "an invisible character"),
        ({"name": "NOTES"}, "Another server has this name."),
        ({"url": ""}, "Enter the server&#x27;s address."),
        ({"url": "tools.example.com"}, "Enter an address such as"),
        ({"url": "javascript:alert(1)"}, "Enter an address such as"),
        ({"url": "ftp://tools.example.com/"}, "Enter an address such as"),
        ({"url": "http://"}, "Enter an address such as"),
        ({"url": "http://tools.example.com:99999/"}, "Enter an address such as"),
        ({"url": "http://tools.example.com:0/"}, "Enter an address such as"),
        ({"url": "http://tools example.com/"}, "Enter an address such as"),
        ({"url": "http://tools.example.com\\@10.0.0.1/"}, "Remove everything before the @"),
        ({"url": "http://tools.example.com\\.10.0.0.1/"}, "Enter an address such as"),
        ({"url": "http://tools.example.com/\u202egnp"}, "Enter an address such as"),
        ({"url": "http://[::1"}, "Enter an address such as"),
        ({"url": "http://me:secret@tools.example.com/"}, "Remove everything before the @"),
        ({"url": "http://tools.example.com/#part"}, "Remove the # and everything after it"),
        ({"url": "http://tools.example.com/" + "x" * 500}, "for the address (it has 525)"),
        ({"token": "two words"}, "Use only letters, digits and punctuation"),
        (
            {"token": "\N{KELVIN SIGN}"},
            "Use only letters, digits and punctuation",
        ),  # `re` takes it for a k
        ({"token": "line\r\nX-Evil: 1"}, "Use only letters, digits and punctuation"),
        ({"token": "schlüssel"}, "Use only letters, digits and punctuation"),
        ({"token": "x" * 4_001}, "Use at most 4000 characters for the token."),
    ],
)
def test_an_invalid_field_is_refused_with_a_sentence(
    owner_client: Client, notes: Server, fields: dict[str, str], sentence: str
) -> None:
    right = {"name": "Tickets", "url": "http://127.0.0.1:1/?team=1"}

    answer = owner_client.post(ADD, right | fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert Server.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1", "https://[::1]:1/mcp", "HTTP://localhost:1/a@b?c=d%20e", REMOTE],
)
def test_private_addresses_are_allowed(owner_client: Client, url: str) -> None:
    assert owner_client.post(ADD, {"name": "Notes", "url": url}).status_code == 303
    assert Server.objects.get().url == url


def test_a_refused_form_keeps_everything_but_the_token(owner_client: Client) -> None:
    answer = owner_client.post(ADD, {"name": "My notes", "url": "mcp.example.com", "token": TOKEN})

    assert 'value="My notes"' in answer.text
    assert 'value="mcp.example.com"' in answer.text
    assert TOKEN not in answer.text
    assert "Enter the token again." in answer.text
    assert "Enter the token again." not in owner_client.post(ADD, {"name": "My notes"}).text


def test_a_new_address_does_not_undo_a_name_given_in_another_tab(
    owner_client: Client, notes: Server
) -> None:
    old = Server(pk=notes.pk, name=notes.name, url=notes.url)
    edit(owner_client, notes, name="My notes")

    assert edit(owner_client, old, url=REMOTE) == 303

    notes.refresh_from_db()
    assert (notes.name, notes.url) == ("My notes", REMOTE)


def test_a_new_address_is_checked_at_once_and_a_new_name_is_not(
    owner_client: Client, notes: Server
) -> None:
    edit(owner_client, notes, name="My notes")
    assert not notes.problem

    edit(owner_client, notes, url=REMOTE)
    assert notes.problem


def test_a_name_taken_a_moment_ago_is_refused(notes: Server) -> None:
    form = ServerForm(None, {"name": "Tickets", "url": UNREACHABLE, "token": ""})
    assert form.is_valid()
    Server.objects.create(name="Tickets", url=UNREACHABLE)

    assert not form.save()
    assert form.errors["name"] == ["Another server has this name. Choose a different one."]


def test_a_check_redirects_to_the_server_or_returns_its_html_to_scripts(
    owner_client: Client, notes: Server
) -> None:
    path = f"/tools/servers/{notes.pk}/check"

    answer = owner_client.post(path)
    part = owner_client.post(path, headers={"accept": "application/json"}).text

    assert answer.status_code == 303
    assert answer["Location"].endswith(f"#server-{notes.pk}")
    notes.refresh_from_db()
    assert notes.problem
    assert part.startswith(f'<server-card id="server-{notes.pk}"')
    assert "tried just now" in part


def test_removing_asks_first_and_deletes_everything(owner_client: Client, notes: Server) -> None:
    path = f"/tools/servers/{notes.pk}/remove"

    asked = owner_client.get(path).text
    assert "Remove <bdi>Notes</bdi>?" in asked
    assert "its 2 tools" in asked
    assert Server.objects.exists()

    for _twice in range(2):
        assert owner_client.post(path)["Location"] == "/tools/?at=servers&note=removed#servers"
    assert not Server.objects.exists()
    assert not ToolSetting.objects.exists()
