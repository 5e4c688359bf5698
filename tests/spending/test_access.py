"""Every URL of the usage pages: their own for everybody, everybody's for owner and admins."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role

OK, NOT_FOUND, FOUND = HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.FOUND
SEE_OTHER = HTTPStatus.SEE_OTHER
CAP = {"kind": "role", "role": "guest", "day": "1"}
# Method, address, fields, the answer to everybody, and that to members and guests.
URLS = [
    ("GET", "/usage/", {}, OK, OK),
    ("GET", "/usage/calls.csv", {}, OK, OK),
    ("POST", "/usage/cap", {"day": "1"}, SEE_OTHER, SEE_OTHER),
    ("GET", "/usage/everybody/", {}, OK, NOT_FOUND),
    ("GET", "/usage/everybody/calls.csv", {}, OK, NOT_FOUND),
    ("POST", "/usage/everybody/caps", CAP, SEE_OTHER, NOT_FOUND),
]
every_url = pytest.mark.parametrize(("method", "path", "fields", "status", "lower"), URLS)


def ask(client: Client, method: str, path: str, fields: dict[str, str]) -> int:
    call = client.post if method == "POST" else client.get
    return int(call(path, fields).status_code)


@every_url
@pytest.mark.parametrize("role", Role.values)
def test_each_role_has_its_pages(
    signed_in: Callable[[Person], Client],
    owner: Person,
    role: str,
    method: str,
    path: str,
    fields: dict[str, str],
    status: HTTPStatus,
    lower: HTTPStatus,
) -> None:
    person = owner
    if role != Role.OWNER:
        person = Person.objects.create_user(f"{role}@example.com", "x", assigned_role=role)
    expected = status if role in (Role.OWNER, Role.ADMIN) else lower

    assert ask(signed_in(person), method, path, fields) == expected


@every_url
def test_a_stranger_must_sign_in(
    stranger_client: Client,
    owner: Person,
    method: str,
    path: str,
    fields: dict[str, str],
    status: HTTPStatus,
    lower: HTTPStatus,
) -> None:
    assert ask(stranger_client, method, path, fields) == FOUND


@every_url
def test_each_address_takes_its_own_method(
    owner_client: Client,
    method: str,
    path: str,
    fields: dict[str, str],
    status: HTTPStatus,
    lower: HTTPStatus,
) -> None:
    other = "GET" if method == "POST" else "POST"

    assert ask(owner_client, other, path, {}) == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", ["/usage/cap", "/usage/everybody/caps"])
def test_a_form_of_another_site_is_refused(owner: Person, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)

    assert browser.post(path, CAP).status_code == HTTPStatus.FORBIDDEN
