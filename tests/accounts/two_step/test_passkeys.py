"""Passkeys of a device sign their person in, and an attacker's answers sign nobody in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from chatapp.accounts.models import Person, SignInPolicy
from chatapp.audit.models import Entry
from tests.accounts.two_step.device import HOST, PRESENT, Device
from tests.accounts.two_step.factors import JSON, SECOND_STEP, give_password, is_signed_in
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/passkey/"
ADD = "/account/two-step/passkeys/"


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME=HOST)


@pytest.fixture
def device(member: Person) -> Device:
    device = Device()
    device.belongs_to(member)
    return device


def ask(visitor: Client) -> Any:
    """Return what the sign-in page asks passkeys with."""
    return visitor.get(SIGN_IN, headers=JSON).json()["request_options"]


def sign_in(visitor: Client, answer: Any, **fields: str) -> str:
    response = visitor.post(SIGN_IN, {"credential": json.dumps(answer), **fields})
    return str(response["Location"])


def test_a_passkey_is_added_and_signs_in(visitor: Client, member: Person) -> None:
    visitor.force_login(member)
    visitor.post("/account/reauthenticate/", {"password": PASSWORD})
    device = Device()
    options = json.loads(visitor.get(ADD).context["options"])
    assert options["publicKey"]["authenticatorSelection"]["residentKey"] == "required"
    made = json.dumps(device.make(options))

    response = visitor.post(ADD, {"name": "Phone", "credential": made})

    assert response["Location"] == "/account/two-step/recovery-codes/"
    assert Entry.objects.filter(details__kind="webauthn", details__change="added").exists()
    fresh = Client(SERVER_NAME=HOST)
    assert sign_in(fresh, device.use(ask(fresh), member), next="/trash/") == "/trash/"
    assert is_signed_in(fresh)
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_a_passkey_is_a_second_step(visitor: Client, member: Person, device: Device) -> None:
    assert give_password(visitor, member.email)["Location"] == SECOND_STEP
    options = json.loads(visitor.get(SECOND_STEP).context["options"])
    answer = json.dumps(device.use(options, member, PRESENT))

    assert visitor.post(SECOND_STEP, {"credential": answer})["Location"] == "/"


def test_a_passkey_counts_where_two_steps_are_required(
    visitor: Client, member: Person, device: Device
) -> None:
    SignInPolicy.objects.create(role="member", two_step_required=True)

    sign_in(visitor, device.use(ask(visitor), member))

    assert visitor.get("/").status_code == 200


def test_a_passkey_confirms_who_it_is(visitor: Client, member: Person, device: Device) -> None:
    visitor.force_login(member)
    path = "/account/reauthenticate/passkey/?next=/account/two-step/recovery-codes/new/"
    options = json.loads(visitor.get(path).context["options"])

    visitor.post(path, {"credential": json.dumps(device.use(options, member))})

    assert visitor.get("/account/two-step/recovery-codes/new/").status_code == 200


def test_a_passkey_of_somebody_else_does_not_confirm_it(
    visitor: Client, owner: Person, member: Person, device: Device
) -> None:
    Device().belongs_to(owner)
    visitor.force_login(owner)
    path = "/account/reauthenticate/passkey/"
    options = json.loads(visitor.get(path).context["options"])

    response = visitor.post(path, {"credential": json.dumps(device.use(options, owner))})

    assert "be used here" in response.text


def replay(visitor: Client, person: Person, device: Device) -> Any:
    """Return the answer to a question that was answered before."""
    answer = device.use(ask(visitor), person)
    sign_in(visitor, answer)
    visitor.post("/account/sign-out/")
    ask(visitor)
    return answer


def of_another_session(visitor: Client, person: Person, device: Device) -> Any:
    ask(visitor)
    return device.use(ask(Client(SERVER_NAME=HOST)), person)


def without_a_question(visitor: Client, person: Person, device: Device) -> Any:
    return device.use({"publicKey": {"challenge": ""}}, person)


def unverified(visitor: Client, person: Person, device: Device) -> Any:
    return device.use(ask(visitor), person, PRESENT)


def from_another_site(visitor: Client, person: Person, device: Device) -> Any:
    device.origin = "http://localhost.example.com"
    return device.use(ask(visitor), person)


def for_another_site(visitor: Client, person: Person, device: Device) -> Any:
    device.host = "example.com"
    return device.use(ask(visitor), person)


def by_another_key(visitor: Client, person: Person, device: Device) -> Any:
    return Device(credential_id=device.credential_id).use(ask(visitor), person)


def of_an_unknown_device(visitor: Client, person: Person, device: Device) -> Any:
    return Device().use(ask(visitor), person)


def for_another_person(visitor: Client, person: Person, device: Device) -> Any:
    owner = Person.objects.create_owner("owner@example.com", PASSWORD)
    return device.use(ask(visitor), owner)


def that_was_removed(visitor: Client, person: Person, device: Device) -> Any:
    Authenticator.objects.all().delete()
    return device.use(ask(visitor), person)


@pytest.mark.parametrize(
    "attack",
    [
        replay,
        of_another_session,
        without_a_question,
        unverified,
        from_another_site,
        for_another_site,
        by_another_key,
        of_an_unknown_device,
        for_another_person,
        that_was_removed,
    ],
)
def test_no_attack_signs_in(
    visitor: Client, member: Person, device: Device, attack: Callable[..., Any]
) -> None:
    answer = attack(visitor, member, device)

    assert sign_in(visitor, answer) == "/account/sign-in/?passkey=failed"
    assert not is_signed_in(visitor)


def test_an_inactive_person_cannot_sign_in(visitor: Client, member: Person, device: Device) -> None:
    Person.objects.update(is_active=False)

    assert sign_in(visitor, device.use(ask(visitor), member)) == "/account/inactive/"

    assert not is_signed_in(visitor)


def test_a_passkey_without_a_check_of_its_person_is_not_added(
    visitor: Client, member: Person
) -> None:
    visitor.force_login(member)
    visitor.post("/account/reauthenticate/", {"password": PASSWORD})
    options = json.loads(visitor.get(ADD).context["options"])

    answer = json.dumps(Device().make(options, PRESENT))

    assert visitor.post(ADD, {"credential": answer}).context["form"].errors
    assert not Authenticator.objects.exists()


def test_signing_in_needs_the_token_of_its_form(member: Person, device: Device) -> None:
    visitor = Client(SERVER_NAME=HOST, enforce_csrf_checks=True)
    answer = device.use(ask(visitor), member)

    assert visitor.post(SIGN_IN, {"credential": json.dumps(answer)}).status_code == 403
