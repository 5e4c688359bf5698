"""Only the owner can open /tools/ and the pages below it, whatever the method."""

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.mcp.models import Server
from tests.mcp.conftest import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
PAGES = ["/tools/", "/tools/servers/add", "/tools/servers/{}/change", "/tools/servers/{}/remove"]
POSTED = ["/tools/built-in", "/tools/servers/{}/tools", "/tools/servers/{}/check"]


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_can_open_the_page(visitor: Client, notes: Server, path: str) -> None:
    assert visitor.get(path.format(notes.pk)).status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("path", [*PAGES, *POSTED])
def test_nobody_else_can_open_the_page(
    signed_in: SignIn,
    member: Person,
    owner: Person,
    stranger: Client,
    notes: Server,
    path: str,
    method: str,
) -> None:
    path = path.format(notes.pk)
    before = list(Server.objects.values())

    assert getattr(signed_in(member), method)(path).status_code == 404
    assert getattr(stranger, method)(path).status_code == 302
    assert getattr(stranger, method)(path, headers=JSON).status_code == 401
    assert list(Server.objects.values()) == before


@pytest.mark.parametrize("path", POSTED)
def test_changes_need_a_post(visitor: Client, notes: Server, path: str) -> None:
    assert visitor.get(path.format(notes.pk)).status_code == 405


@pytest.mark.parametrize("path", [*PAGES[1:], *POSTED])
def test_a_form_from_another_site_is_refused(owner: Person, notes: Server, path: str) -> None:
    visitor = Client(enforce_csrf_checks=True)
    visitor.force_login(owner)

    assert visitor.post(path.format(notes.pk)).status_code == 403


@pytest.mark.parametrize("number", [77, 10**30])
@pytest.mark.parametrize("path", ["change", "remove", "check", "tools"])
def test_an_unknown_server_is_not_found(visitor: Client, path: str, number: int) -> None:
    ask = visitor.post if path in ("check", "tools") else visitor.get

    assert ask(f"/tools/servers/{number}/{path}").status_code == 404


def test_only_the_menu_of_the_owner_links_to_the_page(
    visitor: Client, signed_in: SignIn, member: Person
) -> None:
    assert 'href="/tools/"' in visitor.get("/").text
    assert 'href="/tools/"' not in signed_in(member).get("/").text
