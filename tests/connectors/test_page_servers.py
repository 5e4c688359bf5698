"""Adding, changing, checking and removing servers on the page."""

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.connectors.forms import ServerForm
from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.sealing import seal, unseal
from tests.connectors.conftest import NOBODY

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/tools/servers/add"
TOKEN = "mcp-0123456789"
REMOTE = "http://localhost:1/mcp"


@pytest.fixture
def sealed(notes: Server) -> Server:
    """A server that wants a token."""
    notes.sealed_token = seal(TOKEN)
    notes.save()
    return notes


def change(visitor: Client, server: Server, **fields: str) -> int:
    """Posts the form as a page shows it, with these fields typed over. Gives the status."""
    shown = {"name": server.name, "url": server.url, "token": ""}
    hidden = {"initial-name": server.name, "initial-url": server.url}
    answer = visitor.post(f"/tools/servers/{server.pk}/change", hidden | shown | fields)
    server.refresh_from_db()
    return answer.status_code


def test_a_new_server_is_asked_at_once(owner_client: Client) -> None:
    answer = owner_client.post(ADD, {"name": " My  notes ", "url": NOBODY, "token": TOKEN})

    server = Server.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/tools/?at=server-{server.pk}&note=added#server-{server.pk}"
    assert (server.name, server.url, unseal(server.sealed_token)) == ("My notes", NOBODY, TOKEN)
    assert server.is_on
    assert server.checked_at
    assert server.problem
    assert "Added." in owner_client.get(answer["Location"]).text


def test_a_token_is_taken_without_the_word_that_was_pasted_with_it(owner_client: Client) -> None:
    owner_client.post(ADD, {"name": "Notes", "url": NOBODY, "token": f"Bearer {TOKEN}"})

    assert unseal(Server.objects.get().sealed_token) == TOKEN


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Give it a name."),
        ({"name": "x" * 41}, "The name has 41 characters; at most 40 fit."),
        ({"name": "x" * 1_000_000}, "The name has 1000000 characters"),
        ({"name": "Notes \u202egnp"}, "a character that nobody sees"),
        ({"name": "Notes\u200b"}, "a character that nobody sees"),
        ({"name": "NOTES"}, "There is a server of this name already."),
        ({"url": ""}, "Enter the address of the server."),
        ({"url": "tools.example.com"}, "An address looks like"),
        ({"url": "javascript:alert(1)"}, "An address looks like"),
        ({"url": "ftp://tools.example.com/"}, "An address looks like"),
        ({"url": "http://"}, "An address looks like"),
        ({"url": "http://tools.example.com:99999/"}, "An address looks like"),
        ({"url": "http://tools.example.com:0/"}, "An address looks like"),
        ({"url": "http://tools example.com/"}, "An address looks like"),
        ({"url": "http://tools.example.com\\@10.0.0.1/"}, "Leave out what stands before the @"),
        ({"url": "http://tools.example.com\\.10.0.0.1/"}, "An address looks like"),
        ({"url": "http://tools.example.com/\u202egnp"}, "An address looks like"),
        ({"url": "http://[::1"}, "An address looks like"),
        ({"url": "http://me:secret@tools.example.com/"}, "Leave out what stands before the @"),
        ({"url": "http://tools.example.com/#part"}, "Leave out the # and what follows it"),
        ({"url": "http://tools.example.com/" + "x" * 500}, "The address has 525 characters"),
        ({"token": "two words"}, "A token has only letters, digits and signs"),
        ({"token": "line\r\nX-Evil: 1"}, "A token has only letters, digits and signs"),
        ({"token": "schlüssel"}, "A token has only letters, digits and signs"),
        ({"token": "x" * 4_001}, "This is too long for a token."),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(
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
def test_addresses_of_the_house_itself_are_fine(owner_client: Client, url: str) -> None:
    assert owner_client.post(ADD, {"name": "Notes", "url": url}).status_code == 303
    assert Server.objects.get().url == url


def test_nothing_that_was_typed_is_lost_but_the_token(owner_client: Client) -> None:
    answer = owner_client.post(ADD, {"name": "My notes", "url": "mcp.example.com", "token": TOKEN})

    assert 'value="My notes"' in answer.text
    assert 'value="mcp.example.com"' in answer.text
    assert TOKEN not in answer.text
    assert "Enter the token once more" in answer.text
    assert "Enter the token once more" not in owner_client.post(ADD, {"name": "My notes"}).text


def test_a_token_is_kept_when_none_is_typed(owner_client: Client, sealed: Server) -> None:
    assert change(owner_client, sealed, name="My notes", url=NOBODY + "/v2") == 303

    assert (sealed.name, sealed.url) == ("My notes", NOBODY + "/v2")
    assert unseal(sealed.sealed_token) == TOKEN


def test_a_token_is_replaced_or_removed(owner_client: Client, sealed: Server) -> None:
    assert change(owner_client, sealed, token="another") == 303
    assert unseal(sealed.sealed_token) == "another"

    assert change(owner_client, sealed, without_token="on") == 303
    assert sealed.sealed_token == ""


def test_a_token_is_not_both_replaced_and_removed(owner_client: Client, sealed: Server) -> None:
    assert change(owner_client, sealed, token="another", without_token="on") == 422

    assert unseal(sealed.sealed_token) == TOKEN


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:2/mcp", "https://127.0.0.1:1/mcp", "http://localhost:1/mcp"]
)
def test_a_token_does_not_follow_to_another_server(
    owner_client: Client, sealed: Server, url: str
) -> None:
    assert change(owner_client, sealed, url=url) == 422
    assert sealed.url == NOBODY

    assert change(owner_client, sealed, url=url, token="another") == 303
    assert (sealed.url, unseal(sealed.sealed_token)) == (url, "another")


def test_another_server_may_be_had_without_the_token(owner_client: Client, sealed: Server) -> None:
    assert change(owner_client, sealed, url=REMOTE, without_token="on") == 303

    assert (sealed.url, sealed.sealed_token) == (REMOTE, "")


def test_a_token_typed_in_an_old_tab_goes_where_that_tab_said(
    owner_client: Client, sealed: Server
) -> None:
    Server.objects.update(url=REMOTE)  # in another tab

    change(owner_client, Server(pk=sealed.pk, name="Notes", url=NOBODY), token="another")

    sealed.refresh_from_db()
    assert (sealed.url, unseal(sealed.sealed_token)) == (NOBODY, "another")


def test_two_tabs_do_not_undo_each_others_changes(owner_client: Client, sealed: Server) -> None:
    old = Server(pk=sealed.pk, name=sealed.name, url=sealed.url)
    change(owner_client, sealed, url=REMOTE, token="another")
    Server.objects.update(is_on=False)

    assert change(owner_client, old, name="My notes") == 303

    sealed.refresh_from_db()
    assert (sealed.name, sealed.url, sealed.is_on) == ("My notes", REMOTE, False)
    assert unseal(sealed.sealed_token) == "another"


def test_a_new_address_does_not_undo_a_name_given_in_another_tab(
    owner_client: Client, notes: Server
) -> None:
    old = Server(pk=notes.pk, name=notes.name, url=notes.url)
    change(owner_client, notes, name="My notes")

    assert change(owner_client, old, url=REMOTE) == 303

    notes.refresh_from_db()
    assert (notes.name, notes.url) == ("My notes", REMOTE)


def test_another_address_is_asked_at_once_another_name_is_not(
    owner_client: Client, notes: Server
) -> None:
    change(owner_client, notes, name="My notes")
    assert not notes.problem

    change(owner_client, notes, url=REMOTE)
    assert notes.problem


def test_a_name_taken_a_moment_ago_is_told(notes: Server) -> None:
    form = ServerForm(None, {"name": "Tickets", "url": NOBODY, "token": ""})
    assert form.is_valid()
    Server.objects.create(name="Tickets", url=NOBODY)

    assert not form.save()
    assert form.errors["name"] == ["There is a server of this name already."]


def test_a_check_leads_back_to_the_server_and_gives_scripts_its_part(
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


def test_removing_asks_first_and_takes_everything_with_it(
    owner_client: Client, notes: Server
) -> None:
    path = f"/tools/servers/{notes.pk}/remove"

    asked = owner_client.get(path).text
    assert "Remove <bdi>Notes</bdi>?" in asked
    assert "its 2 tools" in asked
    assert Server.objects.exists()

    for _twice in range(2):
        assert owner_client.post(path)["Location"] == "/tools/?at=servers&note=removed#servers"
    assert not Server.objects.exists()
    assert not ToolSetting.objects.exists()


def test_a_token_of_a_former_secret_key_may_be_entered_again(
    owner_client: Client, notes: Server, settings: Settings
) -> None:
    present, settings.SECRET_KEY = settings.SECRET_KEY, "former"
    Server.objects.update(sealed_token=seal(TOKEN))
    settings.SECRET_KEY = present

    assert change(owner_client, notes, token=TOKEN) == 303
    assert unseal(notes.sealed_token) == TOKEN
