"""Guessing passwords is limited; no stranger's guesses keep a person out."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp import background
from chatapp.accounts import guesses, hashing, known_browser
from chatapp.accounts.attempts import Limit
from chatapp.accounts.models import AttemptCount, Person
from chatapp.accounts.password_links import password_link
from tests.support.people import MEMBER, OWNER, PASSWORD

WRONG = "wrong wrong wrong"
NEW = "another long password 9"
BOTH, ACCOUNT, ADDRESS, BROWSER = 3, 8, 12, 5  # attempts
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _low_limits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches soon, in the order of the real ones, behind one proxy."""
    settings.TRUSTED_PROXIES = 1
    for name, attempts in (
        ("TO_ACCOUNT_FROM_ADDRESS", BOTH),
        ("KNOWN_BROWSER", BROWSER),
        ("TO_ACCOUNT", ACCOUNT),
        ("FROM_ADDRESS", ADDRESS),
    ):
        monkeypatch.setattr(guesses, name, replace(getattr(guesses, name), attempts=attempts))


@pytest.fixture
def known(owner: Person) -> Client:
    """A browser that the owner has signed in with, and out again."""
    browser = Client()
    browser.force_login(owner)
    browser.get("/")
    browser.post("/account/sign-out/")
    return browser


def sign_in(browser: Client, email: str, password: str, address: str = "192.0.2.1") -> Any:
    fields = {"login": email, "password": password}
    headers = {"x-forwarded-for": address}
    return browser.post("/account/sign-in/", fields, headers=headers)


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def guess(times: int, email: str = OWNER, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        sign_in(Client(), email, WRONG, address)


def test_guesses_for_an_account_are_refused_after_a_few(owner: Person) -> None:
    guess(BOTH)

    browser = Client()
    assert "Too many wrong passwords" in sign_in(browser, OWNER, PASSWORD).text
    assert not is_signed_in(browser)


def test_guesses_from_one_address_do_not_keep_the_person_out_at_another(owner: Person) -> None:
    guess(BOTH + 5)

    browser = Client()
    sign_in(browser, OWNER, PASSWORD, "198.51.100.9")
    assert is_signed_in(browser)


def test_guesses_for_one_account_do_not_keep_others_out(owner: Person, member: Person) -> None:
    guess(BOTH + 5)

    browser = Client()
    sign_in(browser, MEMBER, PASSWORD)
    assert is_signed_in(browser)


def test_many_addresses_together_are_limited_too(owner: Person) -> None:
    for number in range(ACCOUNT):
        guess(1, address=f"198.51.100.{number}")

    browser = Client()
    sign_in(browser, OWNER, PASSWORD, "203.0.113.1")
    assert not is_signed_in(browser)


def test_one_address_cannot_try_any_number_of_accounts(owner: Person) -> None:
    for number in range(ADDRESS):
        guess(1, f"{number}@example.com")

    browser = Client()
    sign_in(browser, OWNER, PASSWORD)
    assert not is_signed_in(browser)


def test_a_network_of_ipv6_counts_as_one_address(owner: Person) -> None:
    for number in range(BOTH):
        guess(1, address=f"2001:db8::{number:x}")

    assert "Too many" in sign_in(Client(), OWNER, PASSWORD, "2001:db8::ffff").text


@pytest.mark.parametrize("address", ["192.0.2.1", "203.0.113.1"])
def test_a_browser_that_signed_in_before_passes(owner: Person, known: Client, address: str) -> None:
    guess(BOTH)
    for number in range(ACCOUNT):
        guess(1, address=f"198.51.100.{number}")
    for number in range(ADDRESS):
        guess(1, f"{number}@example.com")

    sign_in(known, OWNER, PASSWORD, address)

    assert is_signed_in(known)


def test_a_browser_that_signed_in_before_guesses_within_limits(
    owner: Person, known: Client
) -> None:
    for number in range(BROWSER):
        sign_in(known, OWNER, WRONG, f"198.51.100.{number}")

    assert "Too many" in sign_in(known, OWNER, PASSWORD).text


def test_a_browser_is_known_only_to_its_own_people(
    owner: Person, member: Person, known: Client
) -> None:
    guess(BOTH, MEMBER)

    assert "Too many" in sign_in(known, MEMBER, PASSWORD).text


def test_a_forged_mark_of_a_browser_is_worth_nothing(owner: Person, known: Client) -> None:
    guess(BOTH)
    value = known.cookies[known_browser.COOKIE].value
    forged = [
        signing.dumps(["x", [str(owner.pk)]], key="another key", salt=known_browser.SALT),
        signing.dumps(["x", [str(owner.pk)]]),
        value[:-1] + ("a" if value[-1] != "a" else "b"),
        str(owner.pk),
        "\0",
    ]

    for mark in forged:
        browser = Client()
        browser.cookies[known_browser.COOKIE] = mark
        assert "Too many" in sign_in(browser, OWNER, PASSWORD).text


def test_the_mark_names_no_email_and_is_closed_to_scripts(known: Client) -> None:
    cookie = known.cookies[known_browser.COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert OWNER not in str(signing.loads(cookie.value, salt=known_browser.SALT))


def test_several_people_share_a_browser(owner: Person, member: Person, known: Client) -> None:
    known.force_login(member)
    known.get("/")
    known.post("/account/sign-out/")
    guess(BOTH, OWNER)
    guess(BOTH, MEMBER)

    sign_in(known, OWNER, PASSWORD)
    assert is_signed_in(known)


def test_a_link_for_a_new_password_lets_a_new_browser_in(owner: Person) -> None:
    guess(BOTH)
    browser = Client()
    form = browser.get(password_link(owner), follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW})

    sign_in(browser, OWNER, NEW)
    assert is_signed_in(browser)


def test_right_passwords_are_not_counted(owner: Person) -> None:
    for _ in range(BOTH * 2):
        browser = Client()
        sign_in(browser, OWNER, PASSWORD)
        assert is_signed_in(browser)


def test_signing_in_oneself_does_not_reset_the_count_of_guesses(
    owner: Person, member: Person
) -> None:
    for _ in range(BOTH):
        guess(1)
        sign_in(Client(), MEMBER, PASSWORD)

    assert "Too many" in sign_in(Client(), OWNER, PASSWORD).text


def test_an_account_that_does_not_exist_reads_the_same(owner: Person) -> None:
    def answers(email: str) -> Iterator[tuple[int, bool, bool]]:
        for _ in range(BOTH + 1):
            page = sign_in(Client(), email, WRONG)
            yield page.status_code, "is not correct" in page.text, "Too many" in page.text

    assert list(answers(OWNER)) == list(answers("nobody@example.com"))


def test_the_count_ends_with_its_window(owner: Person) -> None:
    guess(BOTH)
    AttemptCount.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    browser = Client()
    sign_in(browser, OWNER, PASSWORD)
    assert is_signed_in(browser)


def test_made_up_accounts_do_not_push_out_the_count(owner: Person) -> None:
    guess(BOTH)
    for number in range(400):
        guesses.TO_ACCOUNT.of(f"{number}@example.com").take()

    assert "Too many" in sign_in(Client(), OWNER, PASSWORD).text


def test_ended_counts_are_removed(db: None) -> None:
    Limit("ended", 1, timedelta(seconds=-1)).of("x").take()
    Limit("open", 1, timedelta(hours=1)).of("x").take()

    guesses.remove_ended()

    assert AttemptCount.objects.count() == 1


@pytest.mark.parametrize("path", ["/account/password/", "/account/reauthenticate/"])
def test_whoever_sits_at_an_open_page_cannot_guess_the_password(
    owner_client: Client, owner: Person, path: str
) -> None:
    fields = {"oldpassword": WRONG, "password": WRONG, "password1": NEW}
    for _ in range(guesses.CURRENT_PASSWORD.attempts):
        assert "your current password" in owner_client.post(path, fields).text
    fields |= {"oldpassword": PASSWORD, "password": PASSWORD}

    assert "Too many wrong passwords" in owner_client.post(path, fields).text
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_passwords_are_checked_a_few_at_once_and_known_browsers_first(
    owner: Person, known: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0)
    with ExitStack() as strangers, patch.object(background, "release_connections") as release:
        for _ in range(hashing.AT_ONCE):
            strangers.enter_context(hashing.slot(is_known=False))
        release.reset_mock()
        answers = [sign_in(Client(), OWNER, PASSWORD).text for _ in range(BOTH + 1)]
        assert release.call_count == len(answers)  # nobody waits with a connection
        sign_in(known, OWNER, PASSWORD)

    assert all("Too many people are signing in" in answer for answer in answers)
    assert is_signed_in(known)
    browser = Client()
    sign_in(browser, OWNER, PASSWORD)  # no attempt was counted
    assert is_signed_in(browser)


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_instant_stay_within_the_limit() -> None:
    limit, start, taken = Limit("parallel", 5, timedelta(minutes=1)), threading.Barrier(8), []

    def take() -> None:
        start.wait()
        try:
            taken.extend(limit.of("x").take() for _ in range(3))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(taken) == 5
