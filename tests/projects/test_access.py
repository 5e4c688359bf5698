"""Every URL of a project: its owner's, those of members who read or chat, and nobody else's."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.projects import trash
from tests.projects.kit import project_of, shared_with
from tests.support.people import ROLES, STRANGER
from tests.support.roles import person_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service"),
]
JSON = {"accept": "application/json"}
DONE, GONE = HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND
NAMED = {"name": "New"}
# Method, path, fields; what the owner gets and what members do, also while it is in the trash.
URLS = [
    ("GET", "", {}, HTTPStatus.OK, HTTPStatus.OK, GONE),
    ("GET", "settings/", {}, HTTPStatus.OK, GONE, GONE),
    ("POST", "settings/", NAMED, DONE, GONE, GONE),
    ("GET", "instructions/", {}, HTTPStatus.FOUND, GONE, GONE),
    ("POST", "instructions/", {"instructions": "New"}, DONE, GONE, GONE),
    ("GET", "deletion/", {}, HTTPStatus.OK, GONE, GONE),
    ("POST", "deletion/", {}, DONE, GONE, DONE),
    ("POST", "restoration", {}, DONE, GONE, DONE),
    ("POST", "removal", {}, GONE, GONE, DONE),
]


def ask(client: Client, method: str, path: str, fields: dict[str, str]) -> HTTPStatus:
    call = client.post if method == "POST" else client.get
    return HTTPStatus(call(path, fields, headers=JSON).status_code)


@pytest.mark.parametrize(("method", "path", "fields", "own", "shared", "trashed"), URLS)
def test_a_project_is_found_by_its_owner_and_read_by_members(
    signed_in: Callable[[Person], Client],
    method: str,
    path: str,
    fields: dict[str, str],
    own: HTTPStatus,
    shared: HTTPStatus,
    trashed: HTTPStatus,
) -> None:
    stranger = signed_in(person_of(STRANGER))
    people = {role: person_of(role) for role in ROLES}
    for role, person in people.items():
        url = f"{project_of(person).get_absolute_url()}{path}"
        assert ask(stranger, method, url, fields) == GONE
        assert ask(Client(), method, url, fields) == HTTPStatus.UNAUTHORIZED
        assert ask(signed_in(person), method, url, fields) == own, role
        away = project_of(person)
        trash.trash(away, with_chats=False)
        url = f"{away.get_absolute_url()}{path}"
        assert ask(stranger, method, url, fields) == GONE
        assert ask(signed_in(person), method, url, fields) == trashed, role
    project = project_of(people["owner"])
    for role, can_chat in (("member", True), ("guest", False)):
        shared_with(project, people[role], can_chat=can_chat)
        url = f"{project.get_absolute_url()}{path}"
        assert ask(signed_in(people[role]), method, url, fields) == shared, role
    trash.trash(project, with_chats=False)
    assert ask(signed_in(people["member"]), method, url, fields) == GONE


@pytest.mark.parametrize("path", ["restoration", "removal"])
def test_commands_need_a_post(owner_client: Client, owner: Person, path: str) -> None:
    url = f"{project_of(owner).get_absolute_url()}{path}"

    assert ask(owner_client, "GET", url, {}) == HTTPStatus.METHOD_NOT_ALLOWED
