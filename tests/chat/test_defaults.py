"""POST /settings/defaults: the settings of new chats."""

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Defaults
from tests.chat.test_settings import CHOSEN, EVERYTHING, JSON, every_bad_value

pytestmark = pytest.mark.django_db(transaction=True)


def test_defaults_are_saved_without_a_conversation(owner_client: Client, owner: Person) -> None:
    response = owner_client.post("/settings/defaults", EVERYTHING, headers=JSON)

    assert response.status_code == 204
    assert Defaults.objects.of(owner) == CHOSEN
    assert not Conversation.objects.exists()


@every_bad_value
def test_invalid_defaults_are_reported_at_their_field(
    owner_client: Client, fields: dict[str, str], name: str, sentence: str
) -> None:
    response = owner_client.post("/settings/defaults", fields, headers=JSON)

    assert response.status_code == 422
    assert sentence in response.json()["fields"][name]
    assert not Defaults.objects.exists()


def test_defaults_need_a_person(stranger_client: Client) -> None:
    assert stranger_client.get("/settings/defaults", headers=JSON).status_code == 401
    assert stranger_client.post("/settings/defaults", EVERYTHING, headers=JSON).status_code == 401
    assert not Defaults.objects.exists()


def test_without_scripts_invalid_defaults_keep_the_typed_text(owner_client: Client) -> None:
    response = owner_client.post("/settings/defaults", EVERYTHING | {"max_tokens": "9"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "from 256 to 8,192" in page
    assert "Answer like a heron.</textarea>" in page
