"""Sign-ins in the audit log: each one, but only some of the guesses."""

import pytest
from django.test import Client

from chatapp.accounts import sign_in_log
from chatapp.accounts.attempts import Limit
from chatapp.accounts.guesses import HOUR
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from tests.support.people import PASSWORD


def enter(client: Client, email: str, password: str, address: str = "203.0.113.4") -> None:
    fields = {"login": email, "password": password}
    client.post("/account/sign-in/", fields, REMOTE_ADDR=address)


def test_a_sign_in_is_recorded_with_its_method(stranger_client: Client, owner: Person) -> None:
    enter(stranger_client, owner.email, PASSWORD)

    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.actor_email) == (
        Action.SIGNED_IN,
        owner,
        owner.email,
    )
    assert entry.address == "203.0.113.4"
    assert entry.details == {"methods": ["password"]}


def test_guesses_are_one_row_for_an_account_and_an_address(
    stranger_client: Client, owner: Person, member: Person
) -> None:
    for _ in range(3):
        enter(stranger_client, "Owner@example.com", "wrong wrong")
    enter(stranger_client, owner.email, "wrong wrong", address="203.0.113.5")
    enter(stranger_client, member.email, "wrong wrong")

    found = Entry.objects.order_by("pk").values_list("action", "subject", "address", "actor")
    assert list(found) == [
        (Action.SIGN_IN_FAILED, owner.email, "203.0.113.4", None),
        (Action.SIGN_IN_FAILED, owner.email, "203.0.113.5", None),
        (Action.SIGN_IN_FAILED, member.email, "203.0.113.4", None),
    ]


def test_emails_of_nobody_are_one_row_and_not_kept(stranger_client: Client, owner: Person) -> None:
    for number in range(3):
        enter(stranger_client, f"hunter{number}@example.com", "hunter2 hunter2")

    entry = Entry.objects.get()
    assert entry.subject == ""
    assert "hunter" not in str(Entry.objects.values())


def test_guesses_from_everywhere_fill_no_table(
    stranger_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_log, "ALL_FAILURES", Limit("all failures", 2, HOUR))

    for number in range(4):
        enter(stranger_client, owner.email, "wrong wrong", address=f"203.0.113.{number}")

    assert Entry.objects.count() == 2


def test_the_first_account_is_recorded(stranger_client: Client, db: None) -> None:
    stranger_client.post("/welcome/", {"email": "owner@example.com", "password": PASSWORD})

    entry = Entry.objects.get()
    assert (entry.action, entry.actor_email) == (Action.JOINED, "owner@example.com")
