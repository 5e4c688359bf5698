"""Files that are something else, lie about themselves or have no end: each is harmless text, or
gets a sentence."""

import struct
from collections.abc import Iterator

import pytest

from chatapp.documents.errors import explain
from chatapp.documents.worker import protocol
from chatapp.documents.worker.pages import MAX_CHARACTERS, MAX_PAGES, Reason, Refused, Unit
from chatapp.documents.worker.reading import read
from chatapp.documents.worker_process import DocumentWorkerProcess, read_and_wait
from tests.documents.archives import archive, changed
from tests.documents.hostile_office import SHEET
from tests.documents.phrases import FILES

MACRO = "word/vbaProject.bin"
NESTED = archive(**{"a.zip": archive(**{"b.zip": archive(**{"c.txt": "deep"})})})
CAT = (
    "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした"
    "所でニャーニャー泣いていた事だけは記憶している。吾輩はここで始めて人間というものを見た。"
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SCRIPT = b"<html><script>fetch('https://herons.com')</script></html>"


def file(name: str) -> bytes:
    return (FILES / name).read_bytes()


def locked(name: str) -> bytes:
    """Set the flag that says that the entries are encrypted."""
    content = bytearray(file(name))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def lying(content: bytes, entry: str, size: int) -> bytes:
    """Let the directory of an archive give an entry another size."""
    found = bytearray(content)
    at = found.rfind(entry.encode())  # in the directory, which comes last
    struct.pack_into("<L", found, at - 46 + 24, size)
    return bytes(found)


def zeros(entry: str) -> bytes:
    return changed("report.docx", entry, bytes(40 * 1024 * 1024))


REFUSED = {
    "a zip in a zip": (NESTED, Reason.TYPE),
    "a zip that calls itself EPUB": (archive(mimetype="application/epub+zip"), Reason.UNREADABLE),
    "an encrypted archive": (locked("report.docx"), Reason.ENCRYPTED),
    "an encrypted Office file": (
        OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
        Reason.ENCRYPTED,
    ),
    "a book with copy protection": (
        changed("report.epub", "META-INF/rights.xml", b"<a/>"),
        Reason.ENCRYPTED,
    ),
    "a bomb beside the text": (zeros("word/media/a.bin"), Reason.BOMB),
    "a file of 1 GB in the directory": (
        lying(changed("data.xlsx", "xl/worksheets/sheet1.xml", b"<a/>"), "xl/worksheets", 2**30),
        Reason.BOMB,
    ),
    "half of an archive": (file("slides.pptx")[:3_000], Reason.TYPE),
    "a page that calls itself PDF": (b"%PDF-1.7\n" + SCRIPT, Reason.UNREADABLE),
    "half of a PDF": (file("two.pdf")[:200], Reason.UNREADABLE),
    "an image": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + SCRIPT, Reason.TYPE),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(64), Reason.TYPE),
    "nothing": (b"", Reason.EMPTY),
    "a page without words": (b"<html><script>1</script></html>", Reason.NO_TEXT),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_has_a_reason(content: bytes, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        read(content)

    assert refusal.value.reason == reason


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason: Reason) -> None:
    sentence = explain(Refused(reason)).sentence

    assert sentence[0].isupper()
    assert sentence.endswith(".")


HARMLESS = {
    "a document with macros": (changed("report.docx", MACRO, b"Sub AutoOpen()"), "report.docx"),
    "a document with archives in it": (
        changed("report.docx", "word/embeddings/a.zip", NESTED),
        "report.docx",
    ),
    "a PDF that is an archive, too": (file("invoice.pdf") + NESTED, "invoice.pdf"),
    "a PDF after a page": (SCRIPT + b"\n" + file("invoice.pdf"), "invoice.pdf"),
}


@pytest.mark.parametrize(("content", "name"), HARMLESS.values(), ids=HARMLESS)
def test_what_hides_in_a_document_is_not_read(content: bytes, name: str) -> None:
    assert read(content) == read(file(name))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"caf\xe9 au lait \xe0 la carte, gar\xe7on, d\xe9j\xe0 vu, na\xefvet\xe9", "café"),
        ("<p>".encode("utf-16")[:-1] + b"x", "<p"),
        (b"\xef\xbb\xbfheron\xff\xfe\xc0\xafwaits", "heron"),
        (b"+ADw-script+AD4-alert(1)", "+ADw-script"),
        (CAT.encode("shift_jis"), "名前はまだ無い"),
        ("الهيرون ينتظر\n".encode("cp1256") * 40, ""),
        ("heron waits\n".encode("utf-16-be") * 40, "heron waits"),
        (b"heron\0waits" * 3 + b" " * 4_000, None),
    ],
)
def test_texts_in_other_encodings_are_read_or_refused(content: bytes, text: str | None) -> None:
    if text is None:
        with pytest.raises(Refused):
            read(content)
        return
    extract = read(content)
    assert text in extract.pages[0].text
    assert "\0" not in extract.pages[0].text


@pytest.fixture(scope="module")
def worker() -> Iterator[DocumentWorkerProcess]:
    process = DocumentWorkerProcess()
    yield process
    process.end()


def test_a_long_log_is_read_up_to_the_limit(worker: DocumentWorkerProcess) -> None:
    extract = worker.read(b"2026-11-30 a heron waits at the lake\n" * 1_000_000)  # 37 MB

    assert (extract.unit, extract.is_cut) == (Unit.PART, True)
    assert sum(len(page.text) for page in extract.pages) <= MAX_CHARACTERS
    assert len(extract.pages) <= MAX_PAGES


def test_a_table_of_all_cells_is_refused() -> None:
    """Two cells, as far from each other as a sheet allows: 17 billion lie between them."""
    cells = "".join(
        f'<row r="{row}"><c r="{name}{row}"><v>1</v></c></row>'
        for name, row in (("A", 1), ("XFD", 1_048_576))
    )
    sheet = f"<worksheet {SHEET}><sheetData>{cells}</sheetData></worksheet>"
    process = DocumentWorkerProcess()

    with pytest.raises(Refused) as refusal:
        process.read(changed("data.xlsx", "xl/worksheets/sheet1.xml", sheet.encode()))

    assert refusal.value.reason in (Reason.MEMORY, Reason.UNREADABLE, Reason.TIME)
    process.end()


def test_an_archive_that_lies_about_its_sizes_is_refused(worker: DocumentWorkerProcess) -> None:
    content = lying(zeros("word/document.xml"), "word/document.xml", 1_000)

    with pytest.raises(Refused) as refusal:
        worker.read(content)

    assert refusal.value.reason in (Reason.UNREADABLE, Reason.BOMB)
    assert worker.alive


def test_a_file_that_is_too_large_never_reaches_the_worker() -> None:
    with pytest.raises(Refused) as refusal:
        read_and_wait(bytes(protocol.MAX_FILE_BYTES + 1))

    assert refusal.value.reason == Reason.BYTES
