"""Every URL of a prompt: whose it is, who writes for the site, and who finds nothing."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.prompts.models import SavedPrompt
from tests.prompts.kit import fields, own_names, saved
from tests.support.people import ROLES
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db(transaction=True)

OK, SEE_OTHER, NOT_FOUND = HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND
URLS = [
    ("GET", "", OK),
    ("POST", "", SEE_OTHER),
    ("GET", "deletion", OK),
    ("GET", "use", OK),
    ("POST", "use", SEE_OTHER),
    ("POST", "deletion", SEE_OTHER),
]
READING = ("use",)
WRITERS = {"owner", "admin"}

SignIn = Callable[[Person], Client]


def ask(client: Client, prompt: SavedPrompt, method: str, path: str) -> Any:
    call = getattr(client, method.lower())
    return call(f"/prompts/{prompt.pk}/{path}", fields() if method == "POST" else None)


@pytest.mark.parametrize(("method", "path", "status"), URLS)
def test_everybody_reaches_their_own_prompts_and_nobody_elses(
    signed_in: SignIn, method: str, path: str, status: HTTPStatus
) -> None:
    stranger = signed_in(person_of("stranger"))
    people = {role: person_of(role) for role in ROLES}
    prompts = {role: saved(person) for role, person in people.items()}

    nobody = [ask(Client(), each, method, path).status_code for each in prompts.values()]
    others = [ask(stranger, each, method, path).status_code for each in prompts.values()]
    of_member = ask(signed_in(people["owner"]), prompts["member"], method, path).status_code
    found = {
        role: ask(signed_in(people[role]), each, method, path).status_code
        for role, each in prompts.items()
    }

    assert found == dict.fromkeys(ROLES, status)
    assert others == [NOT_FOUND] * len(ROLES)
    assert of_member == NOT_FOUND
    assert nobody == [HTTPStatus.FOUND] * len(ROLES)


@pytest.mark.parametrize(("method", "path", "status"), URLS)
def test_prompts_of_the_site_are_read_by_everybody_and_written_by_owner_and_admins(
    signed_in: SignIn, method: str, path: str, status: HTTPStatus
) -> None:
    for role in ROLES:
        prompt = saved(None)
        answer = ask(signed_in(person_of(role)), prompt, method, path)
        may = role in WRITERS or path in READING
        assert answer.status_code == (status if may else NOT_FOUND), role
        assert SavedPrompt.objects.filter(text="Sum up.").exists() or may
        SavedPrompt.objects.all().delete()


@pytest.mark.parametrize("role", ROLES)
def test_only_owner_and_admins_make_prompts_of_the_site(signed_in: SignIn, role: str) -> None:
    person = person_of(role)
    client = signed_in(person)

    client.post("/prompts/new", fields(is_of_site="on"))

    assert own_names(None if role in WRITERS else person) == ["summary"]
    assert SavedPrompt.objects.count() == 1
    assert ("is_of_site" in client.get("/prompts/new").text) == (role in WRITERS)


def test_a_prompt_keeps_its_owner_whatever_a_form_says(signed_in: SignIn) -> None:
    admin = person_of("admin")
    own = saved(admin)

    signed_in(admin).post(f"/prompts/{own.pk}/", fields(is_of_site="on", owner=""))

    own.refresh_from_db()
    assert own.owner == admin


@pytest.mark.parametrize("path", ["new", "import", "{id}/", "{id}/use", "{id}/deletion"])
def test_a_request_of_another_site_changes_nothing(member: Person, path: str) -> None:
    prompt = saved(member)
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)

    answer = client.post(f"/prompts/{path.format(id=prompt.pk)}", fields())

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert SavedPrompt.objects.get().text == "Sum up."
