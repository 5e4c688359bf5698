"""Long files are read up to a limit, in parts that fit into a request, and nothing twice."""

import pytest

from chatapp.accounts.models import Person
from chatapp.documents.formats import OLE, Format, Unknown, detect
from chatapp.documents.models import Document
from chatapp.documents.worker import pages
from chatapp.documents.worker.pages import (
    CUT,
    MAX_BLOCK,
    MAX_CHARACTERS,
    Page,
    Unit,
    collect,
    parts,
)
from chatapp.documents.worker.reading import read


@pytest.mark.django_db
def test_a_text_above_the_limit_is_stored_as_one_that_has_more(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"A line of the log.\n" * 2_000
    whole = read(content)
    monkeypatch.setattr(pages, "MAX_CHARACTERS", 10_000)

    extract = read(content)
    document = Document.objects.store(owner, "log.txt", content, Format.TEXT, extract)

    assert (whole.is_cut, extract.is_cut, document.is_cut) == (False, True, True)
    assert document.page_count == document.read_count + 1


def test_the_ends_of_lines_do_not_hide_that_there_is_more() -> None:
    """They are shorter in what is read."""
    assert read(b"%s\r\n" % (b"x" * 60) * (MAX_CHARACTERS // 61 + 5_000)).is_cut


def test_a_page_says_that_its_rest_was_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_CHARACTERS", 200)
    left = 100 - len(CUT)

    exact = collect(Unit.SHEET, [Page("a" * 200)], count=1)
    longer = collect(Unit.SHEET, [Page("a" * 100), Page("b" * 101), Page("c")], count=3)

    assert [page.text for page in exact.pages] == ["a" * 200]
    assert [page.text for page in longer.pages] == ["a" * 100, "b" * left + CUT]
    assert (exact.is_cut, longer.is_cut) == (False, True)


def test_a_table_or_code_of_many_pages_is_divided_after_its_lines() -> None:
    rows = "".join(f"<tr><td>row {number}<td>wren" for number in range(5_000))
    code = "".join(f"line {number}\n" for number in range(5_000))
    extract = read(f"<html><body><table>{rows}</table><pre>{code}</pre><p>End".encode())

    text = "\n".join(page.text for page in extract.pages)
    assert max(len(page.text) for page in extract.pages) <= MAX_BLOCK
    assert [line for line in text.split("\n") if line.startswith("| row")] == [
        f"| row {number} | wren |" for number in range(5_000)
    ]
    assert [line for line in text.split("\n") if line.startswith("line")] == code.split("\n")[:-1]
    assert text.endswith("End")


def test_a_line_without_end_is_divided_too() -> None:
    assert [len(part.text) for part in parts(["x" * 50_000])] == [20_000, 20_000, 10_000]


def test_a_table_inside_a_table_is_read_once() -> None:
    page = "<html><table><tr><td>Nests<td><table><tr><td>wren<tr><td>heron</table></table>"

    assert read(page.encode()).pages[0].text == "| Nests | wren heron |\n| --- | --- |"


def test_a_zero_far_inside_a_text_does_not_change_its_encoding() -> None:
    content = "Ein Zaunkönig nistet.\n".encode() * 1_000 + b"\0 End"

    text = "\n".join(page.text for page in read(content).pages)

    assert text == "Ein Zaunkönig nistet.\n" * 1_000 + " End"


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        ("Workbook\0", Format.XLS),
        ("Book\0", Format.XLS),
        ("A Book about birds", Unknown.OLD_OFFICE),
        ("WordDocument\0 with a table: Workbook\0", Unknown.OLD_OFFICE),
        ("Workbook\0 in a chart of a PowerPoint Document\0", Unknown.OLD_OFFICE),
    ],
)
def test_old_office_files_are_told_apart_by_their_main_stream(
    streams: str, kind: Format | Unknown
) -> None:
    assert detect(OLE + streams.encode("utf-16-le")) == kind
