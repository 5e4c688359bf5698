"""Only the owner can open /tools/ and the pages below it, whatever the method."""

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.mcp.models import Server

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
PAGES = ["/tools/", "/tools/servers/add", "/tools/servers/{}/change", "/tools/servers/{}/remove"]
POSTED = ["/tools/built-in", "/tools/servers/{}/tools", "/tools/servers/{}/check"]


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_can_open_the_page(owner_client: Client, notes: Server, path: str) -> None:
    assert owner_client.get(path.format(notes.pk)).status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("path", [*PAGES, *POSTED])
def test_nobody_else_can_open_the_page(
    member_client: Client,
    stranger_client: Client,
    owner: Person,
    notes: Server,
    path: str,
    method: str,
) -> None:
    path = path.format(notes.pk)
    before = list(Server.objects.values())

    assert getattr(member_client, method)(path).status_code == 404
    assert getattr(stranger_client, method)(path).status_code == 302
    assert getattr(stranger_client, method)(path, headers=JSON).status_code == 401
    assert list(Server.objects.values()) == before


@pytest.mark.parametrize("path", POSTED)
def test_changes_need_a_post(owner_client: Client, notes: Server, path: str) -> None:
    assert owner_client.get(path.format(notes.pk)).status_code == 405


@pytest.mark.parametrize("path", [*PAGES[1:], *POSTED])
def test_a_form_from_another_site_is_refused(owner: Person, notes: Server, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    assert client.post(path.format(notes.pk)).status_code == 403


@pytest.mark.parametrize("number", [77, 10**30])
@pytest.mark.parametrize("path", ["change", "remove", "check", "tools"])
def test_an_unknown_server_is_not_found(owner_client: Client, path: str, number: int) -> None:
    ask = owner_client.post if path in ("check", "tools") else owner_client.get

    assert ask(f"/tools/servers/{number}/{path}").status_code == 404


def test_only_the_menu_of_the_owner_links_to_the_page(
    owner_client: Client, member_client: Client
) -> None:
    assert 'href="/tools/"' in owner_client.get("/").text
    assert 'href="/tools/"' not in member_client.get("/").text
