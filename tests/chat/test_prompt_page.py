"""What the model sees: the instructions of a chat, part by part, as they are sent."""

import pytest
from django.test import Client

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import add_exchange
from tests.documents.kit import attach, made_of
from tests.support.replies import new_message

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_parts_are_shown_in_their_order(owner_client: Client, owner: Person) -> None:
    PersonalInstructions.objects.create(person=owner, about="A <b>heron</b>.")
    added = add_exchange(owner, new_message(instructions="Answer in rhymes."))

    page = owner_client.get(f"/c/{added.conversation.pk}/prompt/").text

    order = [
        "From this site",
        "helpful assistant",
        "Your personal instructions",
        "A &lt;b&gt;heron",
    ]
    order += ["Instructions for this chat", "Answer in rhymes."]
    places = [page.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)


def test_a_chat_without_personal_instructions_says_so(owner_client: Client, owner: Person) -> None:
    added = add_exchange(owner, new_message())
    PersonalInstructions.objects.create(person=owner, about="A heron.")

    page = owner_client.get(f"/c/{added.conversation.pk}/prompt/").text

    assert "This chat began without personal instructions." in page
    assert "A heron." not in page


def test_the_settings_lead_to_the_page(owner_client: Client, owner: Person) -> None:
    path = f"/c/{add_exchange(owner, new_message()).conversation.pk}"
    panels = [
        owner_client.get(url, headers={"accept": "application/json"}).text
        for url in (f"{path}/settings", "/settings/defaults")
    ]

    assert [f"{path}/prompt/" in panel for panel in panels] == [True, False]


def test_documents_are_listed_with_their_pages_and_tokens(
    owner_client: Client, owner: Person
) -> None:
    added = add_exchange(owner, new_message())
    path = f"/c/{added.conversation.pk}/prompt/"
    assert "<h2>Documents" not in owner_client.get(path).text
    document = made_of(owner, "Herons " * 9_000, "Two.", "Three.", name="<b>.pdf", count=312)
    attach(added.message, document, [1, 2, 3])
    attach(added.message, made_of(owner, "One.", name="none.pdf"), [], position=1)
    attach(added.message, made_of(owner, "One.", name="whole.pdf"), position=2)

    page = " ".join(owner_client.get(path).text.split())

    assert "&lt;b&gt;.pdf" in page
    assert "p. 1–3 of 312, about 23," in page
    assert "All of it, about " in page
    assert "None of its pages go along (1 in all)." in page
