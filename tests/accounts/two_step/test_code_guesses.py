"""Guessing codes is limited in the database, and a code works once, whichever process gets it."""

import threading
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.test import Client

from chatapp.accounts import guesses
from chatapp.accounts.models import AttemptCount, Person
from chatapp.accounts.two_step import codes
from tests.accounts.two_step.factors import (
    SECOND_STEP,
    SECRET,
    WRONG,
    add_app,
    code,
    give_password,
    is_signed_in,
    now,
)

pytestmark = pytest.mark.django_db
FEW, DAY, ADDRESS = 3, 5, 7  # attempts


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, attempts in (
        ("CODE_TO_ACCOUNT", FEW),
        ("CODE_TO_ACCOUNT_IN_A_DAY", DAY),
        ("CODE_FROM_ADDRESS", ADDRESS),
    ):
        monkeypatch.setattr(guesses, name, replace(getattr(guesses, name), attempts=attempts))


@pytest.fixture
def half(stranger_client: Client, owner: Person) -> Client:
    add_app(owner)
    give_password(stranger_client, owner.email)
    return stranger_client


def guess(client: Client, count: int) -> None:
    for _ in range(count):
        client.post(SECOND_STEP, {"code": WRONG})


def test_too_many_wrong_codes_refuse_the_right_one(half: Client) -> None:
    guess(half, FEW)

    response = half.post(SECOND_STEP, {"code": code()})

    assert "Too many wrong codes" in response.text
    assert not is_signed_in(half)


def test_a_new_sign_in_does_not_reset_the_count(half: Client, owner: Person) -> None:
    guess(half, FEW)
    other = Client()
    give_password(other, owner.email)

    assert "Too many wrong codes" in other.post(SECOND_STEP, {"code": code()}).text


def test_a_browser_that_is_known_has_no_count_of_its_own(half: Client, owner: Person) -> None:
    """A link for a new password would make one known."""
    guess(half, FEW)
    known = Client()
    known.force_login(owner)
    known.get("/")
    known.post("/account/sign-out/")
    give_password(known, owner.email)

    assert "Too many wrong codes" in known.post(SECOND_STEP, {"code": code()}).text


def test_right_codes_are_not_counted(half: Client, owner: Person) -> None:
    used = str(owner.pk), SECRET, str(now())
    half.post(SECOND_STEP, {"code": code()})

    # What is left is the mark that this code was used.
    assert AttemptCount.objects.get(count__gt=0).key == codes.USED_CODE.of(*used).key


def test_many_accounts_are_not_guessed_from_one_address(half: Client, member: Person) -> None:
    other = Client()
    add_app(member)
    give_password(other, member.email)
    guess(half, FEW)
    guess(other, FEW)
    Person.objects.create_user("third@example.com", "correct horse battery staple")
    third = Client()
    add_app(Person.objects.get(email="third@example.com"))
    give_password(third, "third@example.com")
    guess(third, 1)

    assert "Too many wrong codes" in third.post(SECOND_STEP, {"code": code()}).text


def test_a_code_is_not_accepted_twice(half: Client, owner: Person) -> None:
    used = code()
    half.post(SECOND_STEP, {"code": used})
    cache.clear()  # as in another process
    other = Client()
    give_password(other, owner.email)

    response = other.post(SECOND_STEP, {"code": used})

    assert "already used" in response.text
    assert not is_signed_in(other)


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_code_one_wins(owner: Person) -> None:
    add_app(owner)
    one_code, start = code(), threading.Barrier(4)
    outcomes: list[bool] = []

    def attempt() -> None:
        start.wait()
        try:
            outcomes.append(bool(codes.check(HttpRequest(), owner, one_code)))
        except ValidationError:
            outcomes.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [False, False, False, True]
