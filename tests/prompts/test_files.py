"""Prompts as files: what is exported is read again, once, and hostile files get a sentence."""

import json
import time
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.prompts import files, names, saving
from chatapp.prompts.files import VERSION, exported
from chatapp.prompts.import_report import Report
from chatapp.prompts.importing import import_files
from chatapp.prompts.models import MAX_TEXT, SavedPrompt
from chatapp.prompts.variables import MAX_VARIABLES
from tests.prompts.kit import many, own_names, saved

pytestmark = pytest.mark.django_db


def prompt_file(*prompts: Any, **changed: Any) -> bytes:
    record = {"format": "chat-prompts", "version": VERSION, "prompts": prompts} | changed
    return json.dumps(record).encode()


def take(person: Person, data: bytes, name: str = "prompts.json") -> Report:
    return import_files(person, [(name, data)])


def test_an_export_comes_back_the_same_and_only_once(
    member_client: Client, member: Person, owner: Person
) -> None:
    saved(member, "übung", 'Say "{{word=hé}}" \\{{x}}\n😀').save()
    saved(member)
    saved(None, "of-the-site")
    saved(owner, "of-another")

    answer = member_client.get("/prompts/export")
    assert answer["Content-Disposition"] == 'attachment; filename="Prompts.json"'
    before = list(SavedPrompt.objects.of(member).in_order().values("name", "description", "text"))
    assert take(member, answer.content).present == 2
    SavedPrompt.objects.of(member).delete()

    for added, present in ((2, 0), (0, 2)):
        report = take(member, answer.content)
        assert (report.added, report.present) == (added, present)
    after = SavedPrompt.objects.of(member).in_order().values("name", "description", "text")
    assert list(after) == before
    assert exported(member) == answer.content


def test_files_of_text_are_one_prompt_each(member_client: Client, member: Person) -> None:
    files = [
        SimpleUploadedFile("Weekly Report.md", "\ufeff# Wrap up\r\n{{week}}".encode()),
        SimpleUploadedFile("übung.TXT", b"Practise"),
        SimpleUploadedFile("latin.txt", "Übung".encode("latin-1")),
        SimpleUploadedFile("program.exe", b"MZ\0\0"),
    ]

    page = member_client.post("/prompts/import", {"files": files}).text

    assert "2 prompts were added." in page
    assert "“latin.txt” isn&#x27;t text in UTF-8" in page
    assert "“program.exe” isn&#x27;t a file of prompts" in page
    assert own_names(member) == ["weekly-report", "übung"]
    assert SavedPrompt.objects.get(name="weekly-report").text == "# Wrap up\n{{week}}"


def test_another_text_with_a_name_that_is_taken_gets_a_number(member: Person) -> None:
    saved(member, "summary", "My own words")
    data = prompt_file(
        {"name": "Summary", "text": "Others"},
        {"name": "summary", "text": "Third"},
        {"name": "summary", "text": "Others"},
    )

    report = take(member, data)
    assert (report.added, report.renamed, report.present) == (2, 2, 1)
    assert take(member, data).present == 3

    assert own_names(member) == ["summary", "summary-2", "summary-3"]
    assert SavedPrompt.objects.get(name="summary").text == "My own words"


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "another JSON": b'{"a": 1}',
    "a list": b"[]",
    "another format": prompt_file(format="other"),
    "a string for a number": prompt_file(version="1"),
    "nested": b'{"format":"chat-prompts","version":1,"prompts":' + b"[" * 100_000,
    "not UTF-8": b'{"format":"chat-prompts","version":1,"prompts":["\xff"]',
    "a huge number": b'{"format":"chat-prompts","version":' + b"9" * 10_000 + b"}",
}


def test_a_file_of_countless_entries_is_refused_before_they_are_in_memory(
    monkeypatch: pytest.MonkeyPatch, member: Person
) -> None:
    monkeypatch.setattr(files, "MAX_COMMAS", 10)
    commas = {"name": "a", "text": ',\\",,{,,,,,,,,,,'}  # in texts they don't count

    assert take(member, prompt_file(commas, commas)).added == 1
    assert take(member, prompt_file(*range(12))).sentences[0].endswith(".md or .txt.")
    assert take(member, b'"' + b'\\"' * 1_000_000 + b"\\").added == 0  # a text without an end


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cant_be_read_gets_a_sentence(member: Person, name: str) -> None:
    report = take(member, HOSTILE[name], "<b>.json")

    assert report.added == 0
    assert report.sentences[0].startswith("“<b>.json” isn't a file of prompts.")


def test_a_file_of_a_newer_version_is_refused(member: Person) -> None:
    report = take(member, prompt_file({"name": "a", "text": "b"}, version=VERSION + 1))

    assert report.sentences == ["“prompts.json” comes from a newer version of this app."]
    assert own_names(member) == []


def test_what_is_wrong_in_a_file_is_left_out_and_said(member: Person) -> None:
    data = prompt_file(
        {"name": "good", "text": "a\u0000b\ud800", "description": "d" * 500, "more": [1]},
        {"name": "<script>alert(1)</script>", "text": "x"},
        {"name": "long", "text": "x" * (MAX_TEXT + 1)},
        {"name": "empty", "text": " "},
        *({"name": 1, "text": "x"}, {"name": "a"}, "text", None, 7, [[]]),
    )

    report = take(member, data)

    assert (report.added, report.unread) == (2, 6)
    assert own_names(member) == ["good", "script-alert-1-script"]
    assert SavedPrompt.objects.get(name="good").text == "ab\ufffd"
    assert report.problems == [
        "“/long” has more than 20,000 characters.",
        "“/empty” has no text.",
    ]


def test_only_as_many_are_added_as_there_is_room_for(
    member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MAX_PROMPTS", 10)
    many(member, 9)
    prompts = [{"name": "a", "text": f"{number}"} for number in range(3)]

    report = take(member, prompt_file(*prompts))

    assert (report.added, report.no_room) == (1, 2)
    assert "2 weren't added, because your prompts are full." in report.sentences[-1]


@pytest.mark.long
@pytest.mark.parametrize("alike", ["names", "names and texts", "texts"])
def test_a_huge_file_costs_no_more_than_its_length(member: Person, alike: str) -> None:
    many(member, 400)
    prompts = [
        {
            "name": "a" if alike != "texts" else f"a{number}",
            "text": "x" if alike != "names" else f"{number}",
        }
        for number in range(100_000)
    ]
    data = prompt_file(*prompts)

    began = time.process_time()
    report = take(member, data)

    assert time.process_time() - began < 6
    assert report.added + report.present + report.no_room == 100_000
    assert len(own_names(member)) <= saving.MAX_PROMPTS


def test_names_that_are_taken_are_looked_up_once(
    member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file repeats a name that has a long row of numbers, with a text that is there elsewhere."""
    monkeypatch.setattr(saving, "MAX_PROMPTS", 40)
    rows = [{"name": "a", "text": f"{number}"} for number in range(39)]
    take(member, prompt_file(*rows, {"name": "b", "text": "B"}))
    numbered = Mock(side_effect=names.numbered)
    monkeypatch.setattr(names, "numbered", numbered)

    report = take(member, prompt_file(*({"name": "a", "text": "B"} for _ in range(500))))

    assert report.no_room == 500
    assert numbered.call_count < 50


def test_a_prompt_with_too_many_variables_is_left_out(member: Person) -> None:
    text = " ".join(f"{{{{v{number}}}}}" for number in range(MAX_VARIABLES + 1))
    fits, long = {"name": "fits", "text": text[:-8]}, {"name": "long", "text": text}

    report = take(member, prompt_file(fits, long))

    assert own_names(member) == ["fits"]
    assert report.problems == ["“/long” has more than 20 variables."]


def test_without_a_file_the_page_asks_for_one(member_client: Client) -> None:
    assert "Choose a file first." in member_client.post("/prompts/import").text
