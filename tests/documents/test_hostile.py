"""Files that are made to hurt: they end in a reason, and the app goes on."""

import os
import random
from collections.abc import Iterator

import pytest

from chatapp.documents.worker.archive import MAX_ENTRIES
from chatapp.documents.worker.pages import MAX_PAGES, Reason, Refused
from chatapp.documents.worker.reading import read
from chatapp.documents.worker_process import DocumentWorkerProcess
from tests.documents.archives import archive, changed
from tests.documents.phrases import FILES, PHRASES

MUTATIONS = int(os.environ.get("FUZZ_DOCUMENTS", "60"))
NAMES = sorted(PHRASES)


@pytest.fixture
def worker() -> Iterator[DocumentWorkerProcess]:
    process = DocumentWorkerProcess()
    yield process
    process.end()


def reason_of(content: bytes) -> Reason:
    with pytest.raises(Refused) as refusal:
        read(content)
    return refusal.value.reason


def test_archives_that_unpack_to_too_much_are_refused() -> None:
    zeros = bytes(40 * 1024 * 1024)

    assert reason_of(changed("report.docx", "word/document.xml", zeros)) == Reason.BOMB
    assert reason_of(changed("data.xlsx", "xl/worksheets/sheet1.xml", zeros)) == Reason.BOMB
    assert reason_of(changed("slides.pptx", "ppt/media/image.bin", zeros)) == Reason.BOMB
    many = {f"word/{position}": b"" for position in range(MAX_ENTRIES)}
    assert reason_of(archive(**{"word/document.xml": b"", **many})) == Reason.BOMB


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]><w:document>&b;&c;</w:document>"""


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("report.docx", "word/document.xml"),
        ("report.docx", "word/styles.xml"),
        ("data.xlsx", "xl/workbook.xml"),
        ("data.ods", "content.xml"),
        ("slides.pptx", "ppt/presentation.xml"),
        ("report.epub", "META-INF/container.xml"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_entities_is_refused(name: str, entry: str, encoding: str) -> None:
    assert reason_of(changed(name, entry, LAUGHS.decode().encode(encoding))) == Reason.UNREADABLE


def test_a_document_of_ten_thousand_pages_is_read_up_to_the_limit(
    worker: DocumentWorkerProcess,
) -> None:
    extract = worker.read(pdf(10_000))

    assert (extract.count, len(extract.pages), extract.is_cut) == (10_000, MAX_PAGES, True)


def pdf(count: int) -> bytes:
    """Return a PDF whose pages all show one text."""
    kids = b" ".join(b"4 0 R" for _ in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 5 0 R"
        b"/Resources<</Font<</F 3 0 R>>>>>>",
        b"<</Length 31>>stream\nBT/F 9 Tf 9 9 Td(A page)Tj ET    \nendstream",
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % pair for pair in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF"


def mutated(dice: random.Random) -> bytes:
    data = bytearray((FILES / dice.choice(NAMES)).read_bytes())
    for _ in range(dice.randint(1, 30)):
        place = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[place] = dice.randrange(256)
            case 1:
                del data[place : place + dice.randint(1, 200)]
            case 2:
                data[place:place] = data[place : place + dice.randint(1, 2000)]
            case _:
                data[place:place] = dice.choice([b"\0" * 50, b"9" * 20, b"<<", b"]]", b"\xff\xfe"])
        if not data:
            return b""
    return bytes(data)


def test_mutated_files_are_read_or_refused() -> None:
    """Files are changed at random; FUZZ_DOCUMENTS is how many, 5,000 in `make fuzz`."""
    process = DocumentWorkerProcess()
    outcomes: dict[str, int] = {}
    for seed in range(MUTATIONS):
        content = mutated(random.Random(seed))
        try:
            extract = process.read(content)
            outcome = "read"
            assert any(page.text or page.is_scanned for page in extract.pages), seed
        except Refused as refused:
            outcome = refused.reason
            if not process.alive:
                process = DocumentWorkerProcess()
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    process.end()

    assert sum(outcomes.values()) == MUTATIONS
    assert outcomes["read"] > MUTATIONS / 10, outcomes
