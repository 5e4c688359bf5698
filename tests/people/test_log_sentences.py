"""Every action of the audit log is a sentence, whatever its entry lacks."""

from typing import Any

import pytest

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.people.log_groups import GROUPS
from chatapp.people.log_sentences import sentence

ANNA = Person(email="anna@example.com", name="Anna")


def entry(action: str, subject: str = "", actor: Person | None = ANNA, **details: Any) -> Entry:
    email = actor.email if actor else ""
    return Entry(action=action, actor=actor, actor_email=email, subject=subject, details=details)


@pytest.mark.parametrize("action", Action)
def test_an_entry_with_nothing_but_its_action_is_a_sentence(action: Action) -> None:
    for actor in (ANNA, None):
        text = sentence(entry(action, actor=actor))
        assert text.endswith(".")
        assert "%" not in text


@pytest.mark.parametrize("action", Action)
def test_every_action_is_in_one_group(action: Action) -> None:
    assert [action in actions for _label, actions in GROUPS.values()].count(True) == 1


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            entry(Action.SIGNED_IN, methods=["password", "totp"]),
            "Anna signed in with a password and a code.",
        ),
        (entry(Action.SIGNED_IN, methods=["smoke signals"]), "Anna signed in."),
        (
            entry(Action.SIGN_IN_FAILED, "bert@example.com", actor=None, method="password"),
            "Somebody failed to sign in as bert@example.com with a password.",
        ),
        (
            entry(Action.SIGN_IN_FAILED, actor=None, method="single_sign_on"),
            "Somebody failed to sign in with single sign-on, for no account here.",
        ),
        (entry(Action.JOINED, "anna@example.com", role="guest"), "Anna joined as guest."),
        (
            entry(Action.ROLE_CHANGED, "bert@example.com", role="admin"),
            "Anna made bert@example.com admin.",
        ),
        (
            entry(Action.PASSWORD_CHANGED),
            "Anna changed the password of their own account.",
        ),
        (
            entry(
                Action.CAP_CHANGED,
                "bert@example.com",
                kind="person",
                period="day",
                amount=1_000_000,
            ),
            "Anna set the cap of bert@example.com to $1.00 a day.",
        ),
        (
            entry(Action.CAP_CHANGED, "instance", kind="instance", period="month", amount=None),
            "Anna removed the cap of this site for a month.",
        ),
        (
            entry(Action.CAP_CHANGED, "guest", kind="role", period="day", amount=5_000),
            "Anna set the cap of each guest to less than $0.01 a day.",
        ),
        (
            entry(Action.EMAIL_CHANGED, "new@example.com", old_email="anna@example.com"),
            "Anna changed the email anna@example.com to new@example.com.",
        ),
        (
            entry(Action.TWO_STEP_CHANGED, "anna@example.com", change="added", kind="totp"),
            "Anna added a second step to their own account.",
        ),
        (
            entry(Action.PROJECT_SHARED, "bert@example.com", can_chat=False),
            "Anna let bert@example.com read a project.",
        ),
        (
            entry(Action.PROJECT_ACCESS_CHANGED, "bert@example.com", can_chat=True),
            "Anna let bert@example.com chat in a project.",
        ),
        (
            entry(Action.PROJECT_LEFT, "bert@example.com"),
            "Anna left a project of bert@example.com.",
        ),
        (entry(Action.DELETED_FOR_GOOD, count=3), "Anna deleted 3 chats for good."),
        (
            entry(Action.TOOL_SERVER_CHANGED, change="access", tools={"calculate": "off"}),
            "Anna changed what the tools of this site may do.",
        ),
        (entry("of a later release"), "of a later release"),
    ],
)
def test_details_are_part_of_the_sentence(shown: Entry, expected: str) -> None:
    assert sentence(shown) == expected
