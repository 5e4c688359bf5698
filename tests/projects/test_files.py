"""/projects/<id>/files/: who sees the files of a project, who changes them, and what is refused."""

import io
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from django.utils import timezone
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.access import visible_documents
from chatapp.documents.models import Document
from chatapp.images.garbage_collection import collect
from chatapp.images.models import Image
from chatapp.projects import files
from chatapp.projects.models import Project, ProjectFile
from tests.documents.kit import made_of
from tests.projects.file_kit import add_document, add_image, new_image
from tests.projects.kit import project_of, shared_with
from tests.support.people import STRANGER
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}


def path_of(project: Project, file: ProjectFile | None = None) -> str:
    path = f"/projects/{project.pk}/files/"
    return f"{path}{file.pk}/removal" if file else path


def notes(name: str = "notes.txt", text: str = "Herons wait.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def photo(name: str = "heron.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Pillow.new("RGB", (30, 20), "teal").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


def names(project: Project) -> list[str]:
    return [file.name for file in project.files.select_related("document", "image")]


async def test_a_script_adds_one_file_and_gets_the_list(
    async_owner_client: AsyncClient, project: Project
) -> None:
    path = path_of(project)
    answers = [
        await async_owner_client.post(path, {"file": file}, headers=JSON)
        for file in (notes("<b>.txt"), photo())
    ]

    assert [answer.status_code for answer in answers] == [HTTPStatus.OK] * 2
    html = answers[1].json()["html"]
    assert "&lt;b&gt;.txt" in html
    assert "Text · " in html
    assert "All of it, about " in html
    assert "As an image, about 10 tokens" in html
    assert html.index("&lt;b&gt;.txt") < html.index("heron.png")
    assert html.count("data-removal") == 2


async def test_a_form_without_scripts_adds_several_and_reports_each_refusal(
    async_owner_client: AsyncClient, project: Project
) -> None:
    path = path_of(project)
    good = await async_owner_client.post(path, {"file": [notes(), photo()]})
    empty = SimpleUploadedFile("empty.txt", b" ")
    film = SimpleUploadedFile("film.bin", bytes(range(256)))
    mixed = await async_owner_client.post(path, {"file": [empty, notes("b.txt", "B."), film]})
    none = await async_owner_client.post(path, {})

    assert (good.status_code, good.url) == (HTTPStatus.SEE_OTHER, path)
    page = " ".join(mixed.text.split())
    assert mixed.status_code == none.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert '<b dir="auto">empty.txt</b>: This file is empty.' in page
    assert '<b dir="auto">film.bin</b>: This kind of file' in page
    assert "We didn&#x27;t receive a file." in none.text
    assert 'name="file" multiple required' in page


async def test_the_same_file_twice_is_one(
    async_owner_client: AsyncClient, project: Project
) -> None:
    for name in ("a.txt", "b.txt"):
        await async_owner_client.post(path_of(project), {"file": notes(name)}, headers=JSON)

    assert await project.files.acount() == await Document.objects.acount() == 1


async def test_a_full_project_refuses_more_and_a_removal_makes_room(
    async_owner_client: AsyncClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 1)
    path = path_of(project)
    await async_owner_client.post(path, {"file": notes()}, headers=JSON)

    refused = await async_owner_client.post(path, {"file": photo()}, headers=JSON)
    file = await project.files.aget()
    removed = await async_owner_client.post(path_of(project, file), headers=JSON)
    added = await async_owner_client.post(path, {"file": photo()}, headers=JSON)

    assert refused.status_code == HTTPStatus.CONFLICT
    assert refused.json()["error"] == (
        "A project can have up to 1 files. Remove one before you add another."
    )
    assert not await Image.objects.filter(project_files=None).aexists()  # it wasn't even stored
    assert "There are no files yet." in removed.json()["html"]
    assert added.status_code == HTTPStatus.OK


async def test_a_full_quota_refuses_as_everywhere(
    async_owner_client: AsyncClient, project: Project, settings: Settings
) -> None:
    settings.DOCUMENT_QUOTA_PERSON_MB = settings.IMAGE_QUOTA_PERSON_MB = 0
    for file in (notes(), photo()):
        answer = await async_owner_client.post(path_of(project), {"file": file}, headers=JSON)

        assert answer.status_code == HTTPStatus.INSUFFICIENT_STORAGE
        assert "files of projects" in answer.json()["error"]
    assert not await project.files.aexists()


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_removing_twice_is_harmless(owner_client: Client, project: Project, accept: str) -> None:
    file, other = add_document(project, "Herons."), add_image(project)
    for _time in range(2):
        answer = owner_client.post(path_of(project, file), headers={"accept": accept})

        assert answer.status_code in (HTTPStatus.OK, HTTPStatus.SEE_OTHER)
    assert list(project.files.all()) == [other]


@pytest.mark.parametrize("add_file", [lambda to: add_document(to, "Herons."), add_image])
def test_a_removal_is_undone(
    owner_client: Client, project: Project, add_file: Callable[[Project], ProjectFile]
) -> None:
    file = add_file(project)
    other = add_document(project, "Storks.", name="storks.pdf")
    for kind in (Document, Image):
        kind.objects.update(keep_until=timezone.now() - timedelta(days=1))
    undo = owner_client.post(path_of(project, file), headers=JSON).json()["undo"]
    assert names(project) == [other.name]
    for kind in (Document, Image):
        collect(timezone.now(), files=kind.objects)

    for _time in range(2):
        answer = owner_client.post(f"{path_of(project)}return", {"undo": undo}, headers=JSON)

        assert file.name in answer.json()["html"]
        assert names(project) == [file.name, other.name]  # in its place


def test_nothing_else_is_put_back(owner_client: Client, owner: Person, project: Project) -> None:
    strange = add_document(project_of(person_of(STRANGER)), "Herons.")
    elsewhere = project_of(owner, "Other")
    removal = path_of(elsewhere, add_document(elsewhere, "Storks."))
    undo = owner_client.post(removal, headers=JSON).json()["undo"]
    for path, sent in [
        (path_of(project), undo),
        (path_of(project), f"{undo}x"),
        (path_of(strange.project), undo),
    ]:
        answer = owner_client.post(f"{path}return", {"undo": sent}, headers=JSON)

        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert owner_client.post(f"{path_of(project)}return").status_code == HTTPStatus.NOT_FOUND


def test_a_file_of_another_project_is_not_removed(
    owner_client: Client, owner: Person, project: Project
) -> None:
    file = add_document(project_of(owner, "Other"), "Herons.")

    owner_client.post(f"{path_of(project)}{file.pk}/removal", headers=JSON)

    assert ProjectFile.objects.filter(pk=file.pk).exists()


def asked(client: Client, project: Project, file: ProjectFile) -> dict[str, int]:
    """Return the status of each address; the last two change something."""
    assert file.image_id
    document = project.files.exclude(document=None).get()
    return {
        "list": client.get(path_of(project)).status_code,
        "document": client.get(f"/documents/{document.document_id}/").status_code,
        "file": client.get(f"/documents/{document.document_id}/file").status_code,
        "image": client.get(f"/images/{file.image_id}/").status_code,
        "thumbnail": client.get(f"/images/{file.image_id}/thumbnail").status_code,
        "add": client.post(path_of(project), {"file": notes()}, headers=JSON).status_code,
        "remove": client.post(path_of(project, file), headers=JSON).status_code,
    }


READ, CHANGED = ("list", "document", "file", "image", "thumbnail"), ("add", "remove")
OK, LOST = HTTPStatus.OK, HTTPStatus.NOT_FOUND
NONE = dict.fromkeys((*READ, *CHANGED), LOST)


@pytest.mark.parametrize("role", ["member", "guest", "admin"])
def test_people_with_access_read_files_and_only_the_owner_changes_them(
    request: pytest.FixtureRequest,
    signed_in: Callable[[Person], Client],
    project: Project,
    role: str,
) -> None:
    person = request.getfixturevalue(role)
    add_document(project, "Herons.")
    image = add_image(project)
    client = signed_in(person)

    before = asked(client, project, image)
    access = shared_with(project, person, can_chat=False)
    page = client.get(path_of(project)).text
    during = asked(client, project, image)
    access.delete()
    after = asked(client, project, image)

    assert before == after == NONE
    assert during == dict.fromkeys(READ, OK) | dict.fromkeys(CHANGED, LOST)
    assert "report.pdf" in page
    assert 'type="file"' not in page
    assert "data-removal" not in page
    assert len(names(project)) == 2


def test_files_of_a_trashed_project_are_only_its_owners(
    owner_client: Client, member_client: Client, member: Person, project: Project
) -> None:
    add_document(project, "Herons.")
    image = add_image(project)
    shared_with(project, member)
    Project.objects.update(trashed_at=timezone.now())

    assert asked(member_client, project, image) == NONE
    own = asked(owner_client, project, image)
    assert own == NONE | dict.fromkeys(("document", "file", "image", "thumbnail"), OK)


def test_files_of_somebody_who_was_deleted_are_nobodys(
    member_client: Client, owner: Person, member: Person, project: Project
) -> None:
    file = add_document(project, "Herons.")
    shared_with(project, member)
    path = f"/documents/{file.document_id}/"
    assert member_client.get(path).status_code == OK

    Person.objects.filter(pk=owner.pk).update(deleted_at=timezone.now())

    assert member_client.get(path).status_code == LOST


def test_without_a_person_no_document_is_visible(owner: Person, project: Project) -> None:
    add_document(project, "Herons.")
    made_of(owner, "In no project.")

    assert not visible_documents(None).exists()


def test_whoever_is_signed_out_signs_in(stranger_client: Client, project: Project) -> None:
    file = add_document(project, "Herons.")

    answers = [
        stranger_client.get(path_of(project)),
        stranger_client.post(path_of(project), {"file": notes()}),
        stranger_client.post(path_of(project, file)),
    ]

    assert all("/account/sign-in/" in answer.url for answer in answers)  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(owner_client: Client, project: Project, method: str) -> None:
    assert getattr(owner_client, method)(path_of(project)).status_code == 405
    assert owner_client.get(path_of(project, add_image(project))).status_code == 405


def test_files_of_a_project_are_no_garbage_until_they_are_removed(
    owner: Person, project: Project
) -> None:
    add_document(project, "Herons.")
    add_image(project)
    later = timezone.now() + timedelta(days=2)

    kept: list[Any] = [collect(later), collect(later, files=Document.objects)]
    project.delete()
    gone: list[Any] = [collect(later), collect(later, files=Document.objects)]

    assert [each.count for each in kept] == [0, 0]
    assert [each.count for each in gone] == [1, 1]


def test_a_file_that_comes_again_is_tried_again(owner: Person, project: Project) -> None:
    image = new_image(owner)
    file = files.add(project, image)
    file.refuse("Too round.")

    assert files.add(project, image) == file
    assert not ProjectFile.objects.get().refusal
    project.delete()
    with pytest.raises(Project.DoesNotExist):
        files.add(project, image)


def test_the_list_says_what_does_not_go_along(owner_client: Client, project: Project) -> None:
    add_document(project, "One.", "Two.", tokens=30_000, name="a.pdf")
    add_document(project, "Three.", tokens=30_000, name="b.pdf", count=312)
    for number in range(11):
        add_image(project, f"{number}.png")
    ProjectFile.objects.filter(image__name="0.png").update(refusal="Too round.")
    add_image(project, "11.png")

    page = " ".join(owner_client.get(path_of(project)).text.split())

    assert "p. 1 of 2, about 30,100 tokens" in page
    assert "None of its pages go along (312 in all)." in page
    assert "so it is left out: Too round." in page
    assert page.count("As an image, about 10 tokens") == 10
    assert page.count("a project sends its first 10 images") == 1
    assert "About 30,100 tokens go along with each message." in page
