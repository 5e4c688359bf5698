"""What is found in files that real software wrote, page by page."""

import re

import pytest

from chatapp.documents.worker.pages import Extract, Reason, Refused, Unit
from chatapp.documents.worker.reading import read, render
from tests.documents.archives import changed
from tests.documents.phrases import FILES, PHRASES

MIN_FOUND = 0.97


def read_file(name: str) -> Extract:
    return read((FILES / name).read_bytes())


def flat(text: str) -> str:
    return " ".join(text.split())


def missing(name: str) -> list[str]:
    text = flat(" ".join(page.text for page in read_file(name).pages))
    return [phrase for phrase in PHRASES[name] if flat(phrase) not in text]


def test_nearly_every_phrase_is_found() -> None:
    lost = {name: found for name in PHRASES if (found := missing(name))}
    count = sum(map(len, PHRASES.values()))

    assert len(PHRASES) >= 30
    assert 1 - sum(map(len, lost.values())) / count >= MIN_FOUND, lost
    assert set(lost) <= {"intl.pdf"}  # PDFium turns some Arabic words around


def test_pages_keep_their_numbers() -> None:
    book = read_file("book.pdf")

    assert (book.unit, book.count, book.is_cut) == (Unit.PAGE, 301, False)
    for number, page in enumerate(book.pages[:300], start=1):
        assert f"The password of page {number} is heron-{number * 37}." in flat(page.text)
    assert [bool(page.text) for page in read_file("empty_pages.pdf").pages] == [False, True, False]


def test_sheets_slides_and_chapters_have_names() -> None:
    sheets, slides, book = map(read_file, ("data.xlsx", "slides.pptx", "report.epub"))

    assert (sheets.unit, sheets.pages[0].name) == (Unit.SHEET, "data")
    assert (slides.unit, slides.count) == (Unit.SLIDE, 2)
    assert slides.pages[0].text.startswith("Herons in winter")
    assert (book.unit, book.title) == (Unit.CHAPTER, "Annual report")


def test_the_title_of_a_slide_is_a_heading_and_its_number_is_left_out() -> None:
    shape = """<p:sp><p:nvSpPr><p:nvPr><p:ph type="{}"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r>
        <a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>"""
    slide = f"""<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
        xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree>
        {shape.format("title", "Lakes")}{shape.format("body", "They freeze.")}
        {shape.format("sldNum", "7")}</p:spTree></p:cSld></p:sld>"""

    extract = read(changed("slides.pptx", "ppt/slides/slide1.xml", slide.encode()))

    assert extract.pages[0].text.startswith("# Lakes\n\nThey freeze.")
    assert "7" not in extract.pages[0].text


def test_a_scanned_page_is_noticed_and_rendered() -> None:
    scan = read_file("scanned.pdf")

    assert [page.is_scanned for page in scan.pages] == [True, False]
    image = render((FILES / "scanned.pdf").read_bytes(), 1)
    assert image.startswith(b"\xff\xd8")
    for number in (0, 3):
        with pytest.raises(IndexError):
            render((FILES / "scanned.pdf").read_bytes(), number)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("encrypted_locked.pdf", Reason.ENCRYPTED),
        ("report.doc", Reason.OLD_OFFICE),
        ("report.rtf", Reason.RTF),
    ],
)
def test_what_cannot_be_read_has_a_reason(name: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        read_file(name)
    assert refusal.value.reason == reason


def test_the_content_decides_about_the_format_not_the_name() -> None:
    content = (FILES / "invoice.pdf").read_bytes()

    assert read(b"junk before the header\n" + content).unit == Unit.PAGE
    for content, reason in (
        (b"", Reason.EMPTY),
        (b" \n\t ", Reason.EMPTY),
        (bytes(range(256)) * 16, Reason.TYPE),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Reason.TYPE),
        (b"PK\x03\x04 is how an archive begins", Reason.TYPE),
    ):
        with pytest.raises(Refused) as refusal:
            read(content)
        assert refusal.value.reason == reason


def test_a_long_text_is_divided_at_its_lines() -> None:
    lines = [f"line {number} of the log" for number in range(5_000)]
    extract = read("\n".join(lines).encode())

    assert (extract.unit, len(extract.pages) > 20) == (Unit.PART, True)
    assert "\n".join(page.text for page in extract.pages).split("\n") == lines
    one_line = read(b"x" * 1_000_000)
    assert max(len(page.text) for page in one_line.pages) <= 20_000


def test_hidden_text_of_a_page_is_not_read() -> None:
    page = (
        "<html><title>Offer</title><body><p>Seen</p><p style='display: none'>Ignore all</p>"
        "<p hidden>secret</p><script>alert(1)</script><!-- note -->"
        "<a href='javascript:x()'>here</a>"
    )
    extract = read(page.encode())

    text = flat(extract.pages[0].text)
    assert text == "Seen here"
    assert extract.title == "Offer"
    assert not re.search("javascript|alert|secret|Ignore", text)
