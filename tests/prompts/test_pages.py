"""/prompts/: writing, changing, deleting, and the limits, each with a sentence."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.prompts import saving
from chatapp.prompts.models import MAX_TEXT, SavedPrompt
from tests.prompts.kit import fields, many, own_names, saved

pytestmark = pytest.mark.django_db


def test_a_prompt_is_made_changed_and_deleted(member_client: Client, member: Person) -> None:
    made = member_client.post("/prompts/new", fields(name="/Summary", description=" Short  one "))
    prompt = SavedPrompt.objects.get()
    assert made.status_code == HTTPStatus.SEE_OTHER
    assert made["Location"] == f"/prompts/?note=saved#prompt-{prompt.pk}"
    assert (prompt.owner, prompt.name, prompt.description) == (member, "summary", "Short one")

    page = f"/prompts/{prompt.pk}/"
    assert "Sum up {{topic}}." in member_client.get(page).text
    member_client.post(page, fields(text="New\r\ntext"))
    prompt.refresh_from_db()
    assert prompt.text == "New\ntext"

    assert "Delete" in member_client.get(f"{page}deletion").text
    member_client.post(f"{page}deletion")
    assert not SavedPrompt.objects.exists()
    assert "Deleted." in member_client.get("/prompts/?note=deleted").text


def test_the_list_has_ones_own_prompts_and_those_of_the_site(
    member_client: Client, member: Person, owner: Person
) -> None:
    saved(member, "mine", "<b>bold</b>")
    saved(None, "for-all")
    saved(owner, "private")

    page = member_client.get("/prompts/").text

    assert "/mine" in page
    assert "/for-all" in page
    assert "&lt;b&gt;bold" in page
    assert "<b>bold" not in page
    assert "/private" not in page


WRONG = [
    ("name", "", "Enter a name."),
    ("name", "two_words", "letters, digits and hyphens"),
    ("name", "a" * 60, "at most"),
    ("text", "  \r\n", "Enter the text"),
    ("text", "x" * (MAX_TEXT + 1), "Shorten it to 20,000"),
    ("text", "".join(f"{{{{v{number}}}}}" for number in range(21)), "up to 20 variables"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_what_cant_be_saved_is_explained_and_kept(
    member_client: Client, name: str, value: str, sentence: str
) -> None:
    answer = member_client.post("/prompts/new", fields(description="Kept", **{name: value}))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in answer.text
    assert "Kept" in answer.text
    assert not SavedPrompt.objects.exists()


def test_line_ends_of_a_form_dont_count_against_the_limit(member_client: Client) -> None:
    member_client.post("/prompts/new", fields(text="a\r\n" * (MAX_TEXT // 2)))

    assert len(SavedPrompt.objects.get().text) == MAX_TEXT


def test_a_name_is_taken_once_for_each_person_and_once_for_the_site(
    owner_client: Client, owner: Person, member: Person
) -> None:
    saved(member)
    for is_of_site in ({}, {"is_of_site": "on"}):
        first = owner_client.post("/prompts/new", fields(**is_of_site))
        second = owner_client.post("/prompts/new", fields(name="SUMMARY", **is_of_site))
        assert first.status_code == HTTPStatus.SEE_OTHER
        assert "already" in second.text

    assert own_names(owner) == own_names(None) == own_names(member) == ["summary"]
    other = saved(owner, "other")
    answer = owner_client.post(f"/prompts/{other.pk}/", fields())
    assert "You already have a prompt called /summary." in answer.text


def test_the_number_of_prompts_and_the_length_of_all_are_limited(
    member_client: Client, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MAX_PROMPTS", 2)
    many(member, 2, "x" * 50)
    assert "up to 2 prompts" in member_client.post("/prompts/new", fields()).text

    monkeypatch.setattr(saving, "MAX_TOTAL", 100)
    first = SavedPrompt.objects.order_by("name")[0]
    page = f"/prompts/{first.pk}/"
    assert "up to 100 characters" in member_client.post(page, fields(text="x" * 51)).text
    assert member_client.post(page, fields(text="x" * 50)).status_code == HTTPStatus.SEE_OTHER


def test_the_text_of_ones_own_message_becomes_a_prompt_that_inserts_it(
    owner_client: Client, member_client: Client, exchange: Exchange
) -> None:
    exchange.message.text = "Fill {{name}} in"
    exchange.message.save(update_fields=["text"])
    page = f"/prompts/new?message={exchange.message.pk}"

    assert r"Fill \{{name}} in" in owner_client.get(page).text
    for client, wrong in (
        (member_client, page),
        (owner_client, f"/prompts/new?message={exchange.reply.pk}"),
        (owner_client, "/prompts/new?message=x"),
    ):
        assert client.get(wrong).status_code == HTTPStatus.NOT_FOUND

    menu = f"/c/{exchange.conversation.pk}/messages"
    assert "Save as prompt" in owner_client.get(f"{menu}/{exchange.message.pk}/").text
    assert "Save as prompt" not in owner_client.get(f"{menu}/{exchange.reply.pk}/").text


@pytest.mark.parametrize("count", [5, pytest.param(500, marks=pytest.mark.long)])
def test_the_pages_ask_the_database_as_often_however_many_there_are(
    member_client: Client, member: Person, django_assert_max_num_queries: Any, count: int
) -> None:
    many(member, count, "x" * 2_000)
    many(None, count)

    with django_assert_max_num_queries(9):
        page = member_client.get("/prompts/")
    with django_assert_max_num_queries(4):
        picker = member_client.get("/prompts/picker").text

    assert len(page.content) < 1_000_000
    assert picker.count("data-name=") == 2 * count
    assert "xxx" not in picker


@pytest.mark.long
def test_more_prompts_than_may_be_are_not_all_shown(member_client: Client, member: Person) -> None:
    many(member, 10_000)

    assert member_client.get("/prompts/picker").text.count("data-name=") == 1_000
    assert member_client.get("/prompts/").text.count('id="prompt-') < 510


def test_ones_own_prompt_is_before_that_of_the_site(member_client: Client, member: Person) -> None:
    site, own = saved(None), saved(member)

    picker = member_client.get("/prompts/picker").text

    assert picker.index(str(own.pk)) < picker.index(str(site.pk))


def test_a_deleted_person_leaves_no_prompts_but_those_of_the_site(member: Person) -> None:
    saved(member)
    saved(None)

    member.delete()

    assert list(SavedPrompt.objects.values_list("owner", flat=True)) == [None]
