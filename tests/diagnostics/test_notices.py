"""Notices on every page while something is missing, for the owner only."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import LinkRequest, Person
from chatapp.inference import Service
from chatapp.inference.errors import KeyRefused, RateLimited
from chatapp.realtime.relay import Relay, relay
from chatapp.replies import service

SignIn = Callable[[Person], Client]
MARK = 'class="owner-notice"'


@pytest.fixture(autouse=True)
def _healthy(settings: Settings) -> Iterator[None]:
    settings.SERVICE = Service("heroku", "https://us.inference.heroku.com", "inf-1")
    settings.ON_DYNO = True
    settings.EMAIL_URL = ""
    yield
    service.note(None)


def page(browser: Client) -> str:
    return str(browser.get("/", headers={"x-forwarded-proto": "https"}).text)


def test_a_healthy_instance_has_no_notice(owner_client: Client) -> None:
    assert MARK not in page(owner_client)


def test_a_missing_service_is_shown_with_its_command(
    owner_client: Client, member_client: Client, member: Person, settings: Settings
) -> None:
    settings.SERVICE = Service("none")

    assert "heroku addons:create heroku-inference:standard" in page(owner_client)
    assert MARK not in page(member_client)


def test_a_refused_key_is_shown_until_the_service_answers(owner_client: Client) -> None:
    service.note(KeyRefused())
    service.note(RateLimited())  # proves nothing about the key
    refused = page(owner_client)
    service.note(None)

    assert "accept the key" in refused
    assert "<code>heroku " in refused
    assert MARK not in page(owner_client)


def test_a_missing_redis_is_shown(owner_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Relay, "is_started", property(lambda self: self is relay))

    assert "heroku redis:info" in page(owner_client)


def test_an_open_request_for_a_link_is_shown(
    owner_client: Client, member_client: Client, member: Person, settings: Settings
) -> None:
    LinkRequest.objects.create(person=member, requested_at=timezone.now())
    waiting = page(owner_client)
    settings.EMAIL_URL = "smtp://mail.example.com"

    assert "One person is waiting for a link" in waiting
    assert "/account/links/" in waiting
    assert MARK not in page(owner_client)


def test_a_hidden_notice_stays_away_until_it_says_something_else(owner_client: Client) -> None:
    service.note(KeyRefused("the first answer"))
    shown = page(owner_client)
    key = shown.partition('data-dismiss="')[2].partition('"')[0]
    owner_client.cookies["hidden_notices"] = f"deadbeef.{key}"
    hidden = page(owner_client)
    service.note(KeyRefused("another answer"))

    assert MARK in shown
    assert MARK not in hidden
    assert MARK in page(owner_client)


def test_the_words_of_the_service_end_before_the_cure(owner_client: Client) -> None:
    service.note(KeyRefused(detail="bad key"))

    assert "“bad key”. Copy the key again" in page(owner_client)
