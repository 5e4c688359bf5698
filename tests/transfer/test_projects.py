"""Projects in exports, and the way back."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, add_exchange
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.jobs.models import Job
from chatapp.projects import listing
from chatapp.projects.models import Project, ProjectFile
from chatapp.transfer.archive import export
from chatapp.transfer.importing import projects as importing_projects
from chatapp.transfer.importing import removing
from chatapp.transfer.models import Import
from tests.documents.kit import from_file, made_of
from tests.projects.kit import project_of, shared_with
from tests.support.replies import MODEL, complete, new_message
from tests.transfer.importing import test_own
from tests.transfer.importing.kit import imported
from tests.transfer.kit import body, content, made_export, opened, read_json, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]


def rich_project(owner: Person) -> Project:
    """Return a project with settings, a document and an image, and without a chat."""
    project = project_of(
        owner,
        "Herons <b>",
        model=MODEL,
        instructions="Be brief.",
        thinking="low",
        temperature=0.5,
        tool_choices={"fetch_page": False},
    )
    ProjectFile.objects.create(project=project, document=from_file(owner, "two.pdf"))
    ProjectFile.objects.create(project=project, image=test_own.stored_image(owner))
    return project


def chat(owner: Person, project: Project | None = None, text: str = "Hello") -> Conversation:
    exchange = add_exchange(owner, new_message(text))
    complete(exchange.reply)
    Conversation.objects.filter(pk=exchange.conversation.pk).update(project=project)
    exchange.conversation.refresh_from_db()
    return exchange.conversation


def records(owner: Person) -> dict[str, Any]:
    archive = opened(made_export(owner))
    found: dict[str, Any] = {
        name: read_json(archive, name) if name.endswith(".json") else archive.read(name)
        for name in archive.namelist()
        if name.endswith(".json") or name.startswith(("documents/", "images/"))
    }
    for name in filter(lambda name: name.endswith(".json"), found):
        del found[name]["exported_at"]
    return found


def remove_everything() -> None:
    Job.objects.all().delete()
    Conversation.objects.all().delete()
    Import.objects.all().delete()
    Project.objects.all().delete()
    Document.objects.all().delete()
    Image.objects.all().delete()


def test_an_export_that_is_imported_elsewhere_is_the_same(owner: Person) -> None:
    project = rich_project(owner)
    project_of(owner, "Empty")
    chat(owner, project)
    chat(owner)
    before, exported = records(owner), content(made_export(owner))
    remove_everything()

    report = imported(owner, exported).report

    assert report.get("skipped", {}) == {}
    assert (report["projects"], report["project_files"], report["conversations"]) == (2, 2, 2)
    assert records(owner) == before


@pytest.mark.parametrize(
    ("model", "omitted"),
    [(Project, {"owner", "trashed_at"}), (ProjectFile, {"id", "project", "refusal"})],
)
def test_every_column_is_exported_or_omitted_on_purpose(
    owner: Person, model: type[Any], omitted: set[str]
) -> None:
    rich_project(owner)
    [found] = records(owner)["projects.json"]["projects"]
    names = found | found["settings"] if model is Project else found["files"][0]

    columns = {field.name for field in model._meta.concrete_fields}

    assert columns - set(names) == omitted


def test_importing_it_again_changes_nothing(owner: Person) -> None:
    project = rich_project(owner)
    chat(owner, project)
    exported = content(made_export(owner))
    project.name = "Egrets"
    project.save()
    before = records(owner)

    for _ in range(2):
        report = imported(owner, exported).report
        assert (report["known_projects"], report["project_files"]) == (1, 0)
        assert "projects" not in report
    assert records(owner) == before


def test_another_person_gets_a_project_of_their_own(owner: Person, member: Person) -> None:
    project = rich_project(owner)
    chat(owner, project)
    shared_with(project, member)
    before = records(owner)
    exported = content(made_export(owner))

    for projects in (1, 0):
        assert imported(member, exported).report.get("projects", 0) == projects

    copy = Project.objects.get(owner=member)
    assert copy.pk != project.pk
    assert Conversation.objects.of(member).get().project == copy
    assert {each.document and each.document.owner for each in copy.files.all()} == {member, None}
    assert not copy.members.exists()
    assert records(owner) == before


def test_projects_in_the_trash_and_of_others_are_not_exported(
    owner: Person, member: Person
) -> None:
    of_member = rich_project(member)
    shared_with(of_member, owner)
    inside = chat(owner, of_member)
    project_of(owner, trashed_at=timezone.now())

    found = records(owner)

    assert found["projects.json"]["projects"] == []
    assert (found["documents.json"]["documents"], found["images.json"]["images"]) == ([], [])
    [record] = found["conversations/0001.json"]["conversations"]
    assert record["project"] == str(of_member.pk)
    exported = content(made_export(owner))
    inside.delete()
    # Whoever may still chat there gets the chat back into it; anybody else outside of projects.
    assert imported(owner, exported).report.get("skipped", {}) == {}
    assert Conversation.objects.of(owner).get().project == of_member
    Conversation.objects.all().delete()
    of_member.members.all().delete()
    assert imported(owner, exported).report["skipped"] == {"project": 1}
    assert Conversation.objects.of(owner).get().project is None


def test_selected_chats_take_their_projects_along(owner: Person) -> None:
    project, other = rich_project(owner), project_of(owner, "Other")
    ProjectFile.objects.create(project=other, document=made_of(owner, "Elsewhere."))
    chosen = chat(owner, project)
    chat(owner, other)
    job = export.start(owner, [chosen.pk])
    steps(job)

    archive = opened(job)

    [record] = read_json(archive, "projects.json")["projects"]
    assert record["name"] == "Herons <b>"
    assert len(read_json(archive, "documents.json")["documents"]) == 1
    assert len(read_json(archive, "images.json")["images"]) == 1


def test_a_single_chat_names_its_project(owner: Person, owner_client: Client) -> None:
    project = rich_project(owner)
    added = chat(owner, project)
    exported = body(owner_client, f"/c/{added.pk}/json")
    added.delete()

    assert json.loads(exported)["conversations"][0]["project"] == str(project.pk)
    assert imported(owner, exported).report.get("skipped", {}) == {}
    assert Conversation.objects.get().project == project


def file_of(*projects: dict[str, Any]) -> dict[str, Any]:
    return {"format": "chat-export", "version": 1, "projects": list(projects)}


def record(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "name": "A", "settings": {"model": ""}, **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "x"},
        {"name": "A" * 101},
        {"settings": {}},
        {"settings": {"model": "", "temperature": 2}},
        {"settings": {"model": "", "instructions": "x" * 20_001}},
        {"settings": {"model": "", "tool_choices": {f"{n}": True for n in range(1_001)}}},
        {"files": [{"document": "../../etc/passwd"}]},
        {"files": {}},
        {"created_at": "yesterday"},
    ],
)
def test_values_that_a_project_cannot_have_are_refused(owner: Person, fields: Any) -> None:
    done = imported(owner, file_of(record(**fields)))

    assert not Project.objects.exists()
    assert done.report["problems"][0] == ["broken_project", "0.json"]


def test_files_of_others_and_files_that_are_not_there_are_left_out(
    owner: Person, member: Person
) -> None:
    theirs = made_of(owner, "A page.")
    files = [{"document": theirs.sha256}, {"image": "0" * 64}, {}]

    done = imported(member, file_of(record(files=files)))

    assert not ProjectFile.objects.exists()
    assert done.report["skipped"] == {"document_missing": 1, "image_missing": 1, "file": 1}


def test_an_import_is_no_way_around_the_limits_of_projects(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_projects, "MAX_FILES", 2)
    monkeypatch.setattr(listing, "MAX_PROJECTS", 1)
    files = [{"document": made_of(owner, f"Page {number}.").sha256} for number in range(3)]
    first = record(files=files[:1])

    done = imported(owner, file_of(first, record()))
    again = imported(owner, file_of(first | {"files": files}))

    assert (ProjectFile.objects.count(), again.report["project_files"]) == (2, 1)
    assert Project.objects.count() == 1
    assert done.report["skipped"] == {"more_projects": 1}
    assert again.report["skipped"] == {"more_files": 1}


def test_ids_of_others_are_never_touched(owner: Person, member: Person) -> None:
    project = rich_project(owner)
    before = records(owner)

    imported(member, file_of(record(id=str(project.pk), name="Mine")))

    assert records(owner) == before
    assert Project.objects.get(owner=member).name == "Mine"


def test_a_removed_import_takes_the_projects_that_nobody_has_changed(
    owner: Person, member: Person, owner_client: Client
) -> None:
    names = ("As it was", "Renamed", "Shared", "In use")
    done = imported(owner, file_of(*(record(name=name) for name in names)))
    by_name = {each.name: each for each in Project.objects.all()}
    Project.objects.filter(name="Renamed").update(name="New name")
    shared_with(by_name["Shared"], member)
    kept = chat(owner, by_name["In use"])
    page = " ".join(owner_client.get("/transfer/").text.split())
    assert "4 new projects: <bdi>As it was</bdi>," in page
    assert "2 projects go, too, unless chats that stay are in them." in page

    for _ in range(2):
        owner_client.post(f"/transfer/imports/{done.pk}/removal")

    assert [each.name for each in Project.objects.exclude(trashed_at=None)] == ["As it was"]
    kept.refresh_from_db()
    assert kept.project == by_name["In use"]
    again = file_of(record(id=str(by_name["As it was"].pk)))
    assert imported(owner, again).report["gone_projects"] == 1


def test_the_chats_of_a_removed_import_would_come_back_with_their_project(owner: Person) -> None:
    chat(owner, project_of(owner))
    exported = content(made_export(owner))
    remove_everything()
    done = imported(owner, exported)

    removing.remove(done)

    project, added = Project.objects.get(), Conversation.objects.get()
    assert project.trashed_at
    assert added.trashed_at
    assert (added.project, added.former_project) == (None, project.pk)


def test_chats_that_are_here_go_into_the_project_that_an_import_makes_again(
    owner: Person,
) -> None:
    project = project_of(owner)
    inside, moved = chat(owner, project), chat(owner, project, "Moved")
    exported = content(made_export(owner))
    key = project.pk
    project.delete()
    other = project_of(owner, "Other")
    Conversation.objects.filter(pk=moved.pk).update(project=other)

    imported(owner, exported)

    for each in (inside, moved):
        each.refresh_from_db()
    assert (inside.project_id, moved.project_id) == (key, other.pk)
