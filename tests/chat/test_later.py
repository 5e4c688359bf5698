"""What pages load when it is needed: HTML for the person who is signed in."""

import pytest
from django.test import Client

from chatapp.chat.urls import LATER

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_empty_hint_takes_no_room_below_the_message_box(owner_client: Client) -> None:
    assert "data-hint></p>" in owner_client.get("/").text


@pytest.mark.parametrize("name", LATER)
def test_later_html_is_a_fragment_for_signed_in_people(
    member_client: Client, stranger_client: Client, name: str
) -> None:
    scripts = {"accept": "application/json"}
    answer = member_client.get(f"/{name}", headers=scripts)

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert stranger_client.get(f"/{name}", headers=scripts).status_code == 401
    assert member_client.post(f"/{name}", headers=scripts).status_code == 405
