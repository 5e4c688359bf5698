"""What is typed to harm others: names that turn the text around them, and endless emails."""

from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from tests.people.forms import join, make

pytestmark = pytest.mark.django_db
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada\u202e Lovelace", "Ada Lovelace"),  # it would turn round the text behind the name
        ("\u2066\u200b \u3000", ""),
        (" Ada \t Lovelace ", "Ada Lovelace"),
    ],
)
def test_a_name_can_not_change_the_text_around_it(
    stranger_client: Client, path: str, typed: str, kept: str
) -> None:
    join(stranger_client, path, name=typed)

    assert Person.objects.get(email="new@example.com").name == kept


@pytest.mark.parametrize("dotted", ["a", "\u0130"])  # the small letter of the second is two
def test_an_email_that_the_database_has_no_room_for_is_refused(
    stranger_client: Client, owner_client: Client, path: str, settings: Settings, dotted: str
) -> None:
    settings.EMAIL_URL = "smtp://mail.example.com"
    email = f"{'a' * 56}@{dotted * 60}.{dotted * 60}.{dotted * 60}.com"
    email = email if dotted != "a" else f"{'a' * 250}@example.com"

    answers = [join(stranger_client, path, email=email), make(owner_client, email=email)]

    assert [answer.status_code for answer in answers] == [REFUSED] * 2
    assert not Person.objects.filter(email__startswith="aaa").exists()
