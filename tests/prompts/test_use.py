"""/prompts/<id>/use: the parts of a prompt for scripts, and a draft without them."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Draft, DraftContent, Exchange
from tests.prompts.kit import saved

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}
TEXT = "Translate to {{language=English}}: {{text}}"


def draft_text(person: Person) -> str:
    draft = Draft.objects.shown(person.pk, None)
    return draft.text if draft else ""


def test_scripts_get_the_parts_and_the_variables(member_client: Client, member: Person) -> None:
    prompt = saved(member, text=TEXT + r" \{{x}} {{language}}")

    answer = member_client.get(f"/prompts/{prompt.pk}/use", headers=JSON).json()

    assert answer["parts"] == ["Translate to ", 0, ": ", 1, " {{x}} ", 0]
    assert answer["variables"] == [
        {"name": "language", "value": "English"},
        {"name": "text", "value": ""},
    ]


def test_the_page_has_a_field_for_each_variable_and_fills_the_message_box(
    member_client: Client, member: Person
) -> None:
    prompt = saved(member, text=TEXT)
    page = f"/prompts/{prompt.pk}/use"
    shown = member_client.get(page).text
    assert shown.count("<textarea") == 2
    assert "English</textarea>" in shown

    answer = member_client.post(page, {"value-0": "<b>", "value-1": "{{language}}\r\nhi"})

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, "/")
    assert draft_text(member) == "Translate to <b>: {{language}}\nhi"
    assert "Translate to &lt;b&gt;: {{language}}" in member_client.get("/").text


def test_what_was_written_stays_before_it(member_client: Client, member: Person) -> None:
    written = DraftContent(uuid.uuid4(), "Half a thought\n", uuid.uuid4(), 7)
    Draft.objects.store(member, None, written)
    prompt = saved(None)

    member_client.post(f"/prompts/{prompt.pk}/use")

    assert draft_text(member) == "Half a thought\n\nSum up."
    assert Draft.objects.get().client_id == written.client_id


def test_a_draft_that_was_sent_is_not_continued(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    Draft.objects.create(person=owner, client_id=exchange.message.client_id, text="Hello")
    prompt = saved(owner)

    owner_client.post(f"/prompts/{prompt.pk}/use")

    assert draft_text(owner) == "Sum up."


def test_a_text_that_is_too_long_for_a_message_is_refused(
    member_client: Client, member: Person
) -> None:
    prompt = saved(member, text="{{text}}{{text}}")

    answer = member_client.post(f"/prompts/{prompt.pk}/use", {"value-0": "x" * 600_000})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "longer than 1,000,000 characters" in answer.text
    assert not Draft.objects.exists()
