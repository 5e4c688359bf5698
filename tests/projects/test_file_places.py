"""Pages that name a project as the place of a file: the document, the storage, the prompt."""

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, add_exchange
from chatapp.projects.models import Project
from tests.projects.file_kit import add_document, add_image, ask
from tests.projects.kit import project_of, shared_with
from tests.support.replies import MODEL, new_message

pytestmark = pytest.mark.django_db(transaction=True)


def flat(client: Client, path: str) -> str:
    return " ".join(client.get(path).text.split())


def test_a_document_names_the_projects_that_have_it(
    owner_client: Client, member_client: Client, owner: Person, member: Person
) -> None:
    project, other = project_of(owner, "Water <b>birds"), project_of(owner, "Secret")
    document = add_document(project, "Herons.").document
    assert document
    other.files.create(document=document)
    shared_with(project, member)
    path = f"/documents/{document.pk}/"

    assert "Water &lt;b&gt;birds</a>" in flat(owner_client, path)
    assert "Secret</a>" in flat(owner_client, path)
    assert "Secret" not in flat(member_client, path)


def test_the_storage_page_counts_the_files_of_projects(
    owner_client: Client, owner: Person, member: Person
) -> None:
    assert "Files of your projects" not in flat(owner_client, "/storage/")
    project = project_of(owner)
    add_document(project, "Herons.")
    add_image(project)
    add_image(project_of(member, "Theirs"))

    page = flat(owner_client, "/storage/")

    assert f'<a href="/projects/{project.pk}/files/" dir="auto">Kitchen</a>' in page
    assert "2 files" in page
    assert "Theirs" not in page


def test_what_the_model_sees_names_the_project_and_what_goes_along(
    owner_client: Client, owner: Person
) -> None:
    project = project_of(owner, "<b>irds", instructions="Rhyme <i>always</i>.")
    add_document(project, "One.", "Two.", tokens=30_000)
    add_image(project)
    conversation = ask(project, owner).conversation
    Conversation.objects.filter(pk=conversation.pk).update(instructions="But not now.")
    path = f"/c/{conversation.pk}/prompt/"

    page = flat(owner_client, path)

    order = [
        "From this site",
        "Instructions of the project “&lt;b&gt;irds”",
        "Rhyme &lt;i&gt;always&lt;/i&gt;.",
        "Instructions for this chat",
        "But not now.",
        "Files of the project “&lt;b&gt;irds”",
        "p. 1 of 2, about 30,100 tokens",
        "As an image, about 10 tokens",
    ]
    places = [page.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    Project.objects.update(trashed_at=timezone.now())
    assert "irds" not in flat(owner_client, path)


def test_what_a_model_sees_depends_on_the_model(
    owner_client: Client, owner: Person, settings: Settings
) -> None:
    model = replace(settings.CATALOG[MODEL], vision=False, context_window=20_000)
    settings.CATALOG = {model.id: model}
    project = project_of(owner)
    add_document(project, "One.", "Two.", "Three.", tokens=2_000)
    add_image(project)

    page = flat(owner_client, f"/c/{ask(project, owner).conversation.pk}/prompt/")

    assert "p. 1–2 of 3, about 4,100 tokens" in page
    assert "this model can&#x27;t see images." in page


def test_a_chat_without_a_project_shows_none(owner_client: Client, owner: Person) -> None:
    added = add_exchange(owner, new_message())

    page = flat(owner_client, f"/c/{added.conversation.pk}/prompt/")
    assert "project" not in page.partition("<main")[2].partition("</main>")[0].lower()
