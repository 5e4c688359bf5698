"""The password of a share: guesses are limited, and a new one locks everybody out."""

from http import HTTPStatus
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from chatapp.sharing import passwords
from chatapp.sharing.models import Share
from tests.sharing.conftest import change

# Checking a password gives the connection back, which ends the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)

RIGHT = "open sesame"


@pytest.fixture(autouse=True)
def _with_password(share: Share) -> None:
    change(share, password=make_password(RIGHT))


def test_the_question_names_nothing_of_the_chat(stranger_client: Client, url: str) -> None:
    answer = stranger_client.get(url)

    assert "needs a password" in answer.text
    for text in ("Hello", "A reply.", "Ada"):
        assert text not in answer.text
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert "form-action 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Robots-Tag"].startswith("noindex")


def test_the_form_works_with_the_check_of_its_origin(url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    asked = client.get(url)
    # With "no-referrer" browsers would send "Origin: null", which is refused.
    assert asked["Referrer-Policy"] == "same-origin"
    token = client.cookies["csrftoken"].value
    fields = {"password": RIGHT, "csrfmiddlewaretoken": token}
    answer = client.post(f"{url}password", fields, headers={"Origin": "http://testserver"})

    assert answer.status_code == HTTPStatus.SEE_OTHER


def test_the_right_password_opens_this_share_only(
    stranger_client: Client, share: Share, url: str
) -> None:
    wrong = stranger_client.post(f"{url}password", {"password": "open barley"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "the password of this chat" in wrong.text
    assert "Hello" not in stranger_client.get(url).text

    right = stranger_client.post(f"{url}password", {"password": RIGHT})
    assert right["Location"] == url
    cookie = right.cookies[passwords.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (url, True, "Lax")
    assert "Hello" in stranger_client.get(url).text

    change(share, password=make_password("another one"))
    assert "Hello" not in stranger_client.get(url).text


def test_guesses_are_limited_and_a_wrong_one_costs_as_much(
    stranger_client: Client, url: str
) -> None:
    with patch.object(passwords, "check_password", wraps=passwords.check_password) as check:
        for _ in range(passwords.FROM_ADDRESS.attempts):
            stranger_client.post(f"{url}password", {"password": "guess"})
        assert check.call_count == passwords.FROM_ADDRESS.attempts
        refused = stranger_client.post(f"{url}password", {"password": RIGHT})
        assert check.call_count == passwords.FROM_ADDRESS.attempts

    assert "Too many wrong passwords." in refused.text
    assert "Hello" not in stranger_client.get(url).text


def test_a_right_password_is_no_guess(stranger_client: Client, url: str) -> None:
    for _ in range(passwords.FROM_ADDRESS.attempts + 1):
        answer = stranger_client.post(f"{url}password", {"password": RIGHT})

    assert answer.status_code == HTTPStatus.SEE_OTHER


def test_a_member_enters_it_before_a_copy(member_client: Client, url: str) -> None:
    assert member_client.get(f"{url}continue")["Location"] == url
    assert member_client.post(f"{url}continue")["Location"] == url
