"""Claude's projects, imported with their documents and chats, in each way in which they come."""

import json
from typing import Any

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.documents import worker_process
from chatapp.documents.models import Document
from chatapp.documents.worker.reading import read
from chatapp.jobs.models import Job
from chatapp.projects.models import Project
from chatapp.transfer.importing import step
from chatapp.transfer.importing.report import Report
from tests.servers.exports import claude, zip_of
from tests.transfer.importing.kit import begun, imported, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read documents in this process."""
    monkeypatch.setattr(worker_process, "read_and_wait", read)


def project(id_: str = "p", *texts: str, **fields: Any) -> dict[str, Any]:
    docs = [{"uuid": text, "filename": f"{text}.md", "content": f"# {text}"} for text in texts]
    return {
        "uuid": id_,
        "name": f"Project {id_}",
        "prompt_template": "Be brief.",
        "docs": docs,
        **fields,
    }


def problems(report: dict[str, Any]) -> list[list[str]]:
    found: list[list[str]] = report.get("problems", [])
    return found


CHATS = claude(2, project_uuid="p")
FILES = [
    pytest.param(
        [zip_of({"conversations.json": CHATS, "projects.json": [project("p", "a", "b")]})],
    ),
    pytest.param(
        [zip_of({"conversations.json": CHATS, "projects/p.json": project("p", "a", "b")})]
    ),
    pytest.param([CHATS, [project("p", "a", "b")]]),
    pytest.param([CHATS, zip_of({"projects-000.json": [project("p", "a", "b")]})]),
    pytest.param([CHATS, project("p", "a", "b")]),
]


@pytest.mark.parametrize("files", FILES, ids=["one", "folder", "later", "zip", "object"])
def test_projects_come_in_with_documents_and_chats(owner: Person, files: list[Any]) -> None:
    report = imported(owner, *files).report

    found = Project.objects.get(owner=owner)
    assert (found.name, found.instructions, found.model) == ("Project p", "Be brief.", "")
    names = [each.document.name for each in found.files.all() if each.document]
    assert names == ["a.md", "b.md"]
    assert Conversation.objects.filter(project=found).count() == 2
    assert (report["projects"], report["project_files"], report["conversations"]) == (1, 2, 2)
    assert problems(report) == []
    assert report.get("skipped", {}) == {}


def test_importing_again_adds_only_what_is_new(owner: Person) -> None:
    imported(owner, [project("p", "a")])
    Project.objects.update(name="Egrets")

    report = imported(owner, [project("p", "a", "b"), project("q")]).report

    assert (report["projects"], report["known_projects"], report["project_files"]) == (1, 1, 1)
    assert {each.name for each in Project.objects.all()} == {"Egrets", "Project q"}
    assert Document.objects.count() == 2


def test_chats_of_an_earlier_import_go_into_their_project_once(owner: Person) -> None:
    imported(owner, CHATS)
    assert imported(owner, [project()], CHATS).report["known"] == 2
    found = Project.objects.get()
    assert Conversation.objects.filter(project=found).count() == 2
    Conversation.objects.update(project=None)

    imported(owner, [project()], CHATS)

    assert not Conversation.objects.filter(project=found).exists()


def test_a_project_in_the_trash_stays_there(owner: Person) -> None:
    imported(owner, [project("p", "a")])
    Project.objects.update(trashed_at=timezone.now())

    report = imported(owner, [project("p", "a", "b")], CHATS).report

    assert (report["gone_projects"], report["skipped"]["project"]) == (1, 2)
    assert Project.objects.get().files.count() == 1
    assert not Conversation.objects.exclude(project=None).exists()


def test_a_sample_project_is_left_out(owner: Person) -> None:
    report = imported(owner, [project(is_starter_project=True)]).report

    assert not Project.objects.exists()
    assert report["skipped"] == {"sample_project": 1}
    assert Report(report).skipped_lines == ["1 sample project, which the other product made"]


def test_an_export_without_projects_is_no_problem(owner: Person) -> None:
    report = imported(owner, zip_of({"projects.json": [], "conversations.json": claude(1)})).report

    assert (report["conversations"], problems(report)) == (1, [])


def test_hostile_projects_are_harmless_or_explained(owner: Person) -> None:
    files = {
        "projects/1.json": project("1", name="\u202e\x00", prompt_template="\ud800x"),
        "projects/2.json": project("2", docs=[{"filename": "../../x", "content": "A"}]),
        "projects/3.json": project("3", docs=[{"filename": "empty.md", "content": " "}]),
        "projects/4.json": b"{",
        "projects/5.json": [[]],
        "projects/6.json": project("6", docs=[{"filename": "same", "content": "B"}] * 3),
        "projects/7.json": project("7", docs=[{"filename": "odd", "content": "%PDF-1.7"}]),
        "conversations.json": claude(1, project_uuid="8"),
    }

    report = imported(owner, zip_of(files)).report

    assert report["projects"] == 5
    assert {each.name for each in Project.objects.all()} == {
        *(f"Project {number}" for number in (2, 3, 6, 7)),
        "Imported project",
    }
    assert {each.name for each in Document.objects.all()} == {"x", "same"}
    assert {kind for kind, _name in problems(report)} == {"truncated", "broken_project"}
    assert report["skipped"] == {"document_unreadable": 2, "project": 1}
    assert Report(report).problem_lines
    assert Report(report).skipped_lines


def test_a_file_of_somebody_else_under_the_same_id_is_never_touched(
    owner: Person, member: Person
) -> None:
    imported(owner, [project()])
    found = Project.objects.get()
    Project.objects.update(owner=member)

    report = imported(owner, [project("p", "a")], CHATS).report

    assert report["gone_projects"] == 1
    assert found.files.count() == 0
    assert not Conversation.objects.exclude(project=None).exists()


def test_an_import_of_projects_continues_after_every_step(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "STEP_SECONDS", 0)
    file = zip_of({"conversations.json": CHATS, "projects.json": [project("p", "a", "b", "c")]})
    job = begun(owner, CHATS, file)
    for _ in range(100):
        if not Job.objects.get(pk=job.pk).is_unfinished:
            break
        step._readers.clear()  # as if another process continued
        run(Job.objects.get(pk=job.pk), at_most=1)

    found = Project.objects.get()
    assert [each.document.name for each in found.files.all()] == ["a.md", "b.md", "c.md"]
    assert Conversation.objects.filter(project=found).count() == 2


def test_a_text_that_is_no_json_in_a_folder_of_projects_is_explained(owner: Person) -> None:
    report = imported(owner, zip_of({"projects/a.json": json.dumps("x").encode()})).report

    assert [kind for kind, _name in problems(report)] == ["not_json"]
