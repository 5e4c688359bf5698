"""Projects of Claude's export, whatever of them is there."""

from typing import Any

import pytest

from chatapp.transfer.importing.formats.claude import SOURCE
from chatapp.transfer.importing.formats.project import MAX_DOCUMENTS, MAX_INSTRUCTIONS, ReadProject
from chatapp.transfer.importing.formats.recognition import read_conversation, read_project

PROJECT: dict[str, Any] = {
    "uuid": "p",
    "name": "Herons",
    "description": "All about herons",
    "is_private": True,
    "is_starter_project": False,
    "prompt_template": "Be brief.",
    "created_at": "2026-01-02T03:04:05.678901Z",
    "updated_at": "2026-01-02T03:04:05.678901Z",
    "creator": {"uuid": "u", "full_name": "Ada"},
    "docs": [
        {"uuid": "d", "filename": "a.md", "content": "# A", "created_at": "2026-01-03T00:00:00Z"}
    ],
}


def read(**fields: Any) -> ReadProject:
    found = read_project(PROJECT | fields)
    assert found is not None
    return found


def test_a_project_has_its_description_above_its_instructions() -> None:
    found = read()

    assert (found.source, found.id, found.name) == (SOURCE, "p", "Herons")
    assert found.instructions == "All about herons\n\nBe brief."
    assert found.created_at
    assert found.created_at.isoformat() == "2026-01-02T03:04:05.678901+00:00"
    [document] = found.documents
    assert document[:2] == ("a.md", "# A")
    assert not found.is_sample
    assert not found.skipped


@pytest.mark.parametrize(
    ("fields", "instructions"),
    [
        ({"description": ""}, "Be brief."),
        ({"description": None, "prompt_template": None}, ""),
        ({"prompt_template": "  "}, "All about herons"),
        ({"description": 3, "prompt_template": ["x"]}, ""),
    ],
)
def test_what_is_missing_leaves_nothing_behind(fields: dict[str, Any], instructions: str) -> None:
    assert read(**fields).instructions == instructions


@pytest.mark.parametrize("docs", [None, {}, "a", 3, []])
def test_documents_that_are_none_are_ignored(docs: Any) -> None:
    assert read(docs=docs).documents == []


def test_documents_of_any_shape_have_a_name_and_a_text() -> None:
    found = read(docs=[None, {}, {"filename": 1, "content": {}}, {"filename": "x" * 999}])

    assert [(len(each.name), each.text) for each in found.documents] == [
        (0, ""),
        (0, ""),
        (0, ""),
        (200, ""),
    ]


def test_more_than_fits_is_counted() -> None:
    document = {"filename": "a.md", "content": "A"}
    found = read(prompt_template="x" * 30_000, docs=[document] * (MAX_DOCUMENTS + 3))

    assert len(found.instructions) == MAX_INSTRUCTIONS
    assert len(found.documents) == MAX_DOCUMENTS
    assert found.skipped == {"long_instructions": 1, "file": 3}


def test_a_sample_of_the_product_is_known() -> None:
    assert read(is_starter_project=True).is_sample
    assert not read(is_starter_project="yes").is_sample


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "project",
        {},
        {"uuid": "p", "name": "Herons"},
        {"uuid": "", "docs": []},
        {"uuid": ["p"], "docs": []},
        {"docs": []},
        {"uuid": "c", "docs": [], "chat_messages": []},
        {"uuid": "u", "full_name": "Ada", "email_address": "ada@example.com"},
    ],
)
def test_anything_else_is_no_project(value: Any) -> None:
    assert read_project(value) is None


@pytest.mark.parametrize(
    ("fields", "project"),
    [
        ({"project_uuid": "p"}, "p"),
        ({"project": {"uuid": "p", "name": "Herons"}}, "p"),
        ({"project_uuid": None, "project": None}, ""),
        ({"project_uuid": {}, "project": "p"}, ""),
        ({}, ""),
    ],
)
def test_a_chat_names_its_project(fields: dict[str, Any], project: str) -> None:
    found = read_conversation({"uuid": "c", "chat_messages": [], **fields})

    assert found is not None
    assert found.project == project
