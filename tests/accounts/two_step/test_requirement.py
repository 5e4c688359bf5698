"""Where two-step sign-in is required, people without it can do nothing else until they have it."""

from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.ended_sessions import valid_sessions
from chatapp.accounts.models import Person, SignInPolicy
from chatapp.accounts.roles import Role
from chatapp.accounts.sessions import SocketSignIn, find_person
from tests.accounts.two_step.factors import (
    JSON,
    SECOND_STEP,
    add_app,
    add_recovery_codes,
    code,
    give_password,
)

pytestmark = pytest.mark.django_db
PAGE = "/account/two-step/"


def require(*roles: Role) -> None:
    for role in roles:
        SignInPolicy.objects.create(role=role, two_step_required=True)


@pytest.fixture
def lacking(member_client: Client) -> Client:
    """Return the member's browser, who has to set it up."""
    require(Role.MEMBER)
    return member_client


def scope_of(client: Client) -> dict[str, object]:
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    return {"headers": [(b"cookie", cookie.encode())]}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/trash/",
        "/transfer/",
        "/search/?q=x",
        "/account/password/",
        "/account/two-step/recovery-codes/",
        "/account/two-step/app/removal/",
    ],
)
def test_every_page_leads_to_the_set_up(lacking: Client, path: str) -> None:
    assert lacking.get(path)["Location"] == PAGE


def test_a_script_gets_a_sentence(lacking: Client) -> None:
    for response in (
        lacking.post("/images/", headers=JSON),
        lacking.get("/conversations", headers=JSON),
        lacking.get("/account/session", headers=JSON),
    ):
        assert response.status_code == 403
        assert "requires two-step sign-in" in response.json()["error"]


def test_sockets_and_large_bodies_are_nobodys(lacking: Client) -> None:
    seen = {}

    async def application(scope: dict[str, object], receive: object, send: object) -> None:
        seen.update(scope)

    async_to_sync(SocketSignIn(application))(scope_of(lacking), None, None)  # type: ignore[arg-type]

    assert not seen["user"].is_authenticated  # type: ignore[attr-defined]
    assert async_to_sync(find_person)(scope_of(lacking)) is None
    assert valid_sessions([lacking.cookies["sessionid"].value]) == set()


def test_the_set_up_shows_no_chats(lacking: Client) -> None:
    page = lacking.get(PAGE).text

    assert "requires two-step sign-in for your role" in page
    assert "<nav" not in page
    assert lacking.post("/account/sign-out/")["Location"] == "/account/sign-in/"


def test_recovery_codes_alone_are_not_enough(lacking: Client, member: Person) -> None:
    add_recovery_codes(member)

    assert lacking.get("/")["Location"] == PAGE


def test_whoever_has_it_goes_on(lacking: Client, member: Person) -> None:
    add_app(member)

    assert lacking.get("/").status_code == 200
    assert valid_sessions([lacking.cookies["sessionid"].value])


def test_removing_it_elsewhere_counts_at_once(lacking: Client, member: Person) -> None:
    app = add_app(member)
    assert lacking.get("/").status_code == 200
    app.delete()

    assert lacking.get("/")["Location"] == PAGE


def test_signing_in_leads_to_the_set_up(stranger_client: Client, member: Person) -> None:
    require(Role.MEMBER)
    give_password(stranger_client, member.email)

    assert stranger_client.get("/")["Location"] == PAGE


@pytest.mark.parametrize("required", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_required_by_itself(
    signed_in: Callable[[Person], Client], owner: Person, required: Role, role: Role
) -> None:
    require(required)
    person = owner
    if role != Role.OWNER:
        person = Person.objects.create_user("somebody@example.com", assigned_role=role)

    response = signed_in(person).get("/trash/")

    assert (response.status_code == 302) == (required == role)


def test_a_change_of_role_counts_at_once(lacking: Client, member: Person) -> None:
    assert lacking.get("/trash/").status_code == 302

    Person.objects.filter(pk=member.pk).update(assigned_role=Role.ADMIN)

    assert lacking.get("/trash/").status_code == 200


@pytest.mark.parametrize("is_required", [False, True])
def test_a_request_takes_no_more_queries(
    member_client: Client, member: Person, is_required: bool
) -> None:
    """Session, person and requirement are one query, whether it is required or not."""
    add_app(member)
    if is_required:
        require(Role.MEMBER)
    for path in ("/account/password/changed/", "/account/session"):
        with CaptureQueriesContext(connection) as captured:
            member_client.get(path)
        asked = [each["sql"] for each in captured.captured_queries]
        # The sidebar's projects ask for their owners, too.
        of_people = [sql for sql in asked if "_person" in sql and "projects_project" not in sql]
        assert len([sql for sql in of_people if sql.startswith("SELECT")]) == 1


def test_a_person_who_has_it_signs_in_with_it(stranger_client: Client, member: Person) -> None:
    require(Role.MEMBER)
    add_app(member)
    give_password(stranger_client, member.email)

    stranger_client.post(SECOND_STEP, {"code": code()})

    assert stranger_client.get("/").status_code == 200
