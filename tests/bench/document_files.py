"""Documents of about 200 printed pages in every format, for the rows that read them."""

import io
import random
import zipfile
from collections.abc import Iterator

from tests.documents.archives import archive, changed

PAGES, LINES, WORDS = 200, 40, 10  # 80,000 words, about 500 KB of text
ROWS, COLUMNS = 20_000, 10
CHAPTERS = 40
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def every_format() -> dict[str, bytes]:
    pages = list(_pages())
    return {
        f"A PDF of {PAGES} pages": pdf(pages),
        f"A DOCX of {PAGES} pages": docx(pages),
        f"An XLSX of {ROWS:,} rows": xlsx(),
        f"A PPTX of {PAGES} slides": pptx(pages),
        f"An EPUB of {CHAPTERS} chapters": epub(pages),
        f"A CSV of {ROWS:,} rows": "\n".join(map(",".join, _rows())).encode(),
        "An HTML page with as much text": html(pages).encode(),
        "A text of the same length": "\n\n".join(map("\n".join, pages)).encode(),
    }


def pdf(pages: list[list[str]]) -> bytes:
    """Return a PDF with a text object for each line, as typesetting programs write it."""
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % number for number in range(4, 4 + 2 * count, 2))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        text = b"".join(
            b"BT/F 10 Tf 50 %d Td(%s)Tj ET\n" % (780 - 18 * place, line.encode())
            for place, line in enumerate(lines)
        )
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>" % (5 + 2 * number),
            b"<</Length %d>>stream\n%sendstream" % (len(text), text),
        ]
    body = b"".join(b"%d 0 obj%s endobj\n" % pair for pair in enumerate(objects, start=1))
    size = len(objects) + 1
    return b"%%PDF-1.4\n%strailer<</Root 1 0 R/Size %d>>\nstartxref\n0\n%%%%EOF" % (body, size)


def docx(pages: list[list[str]]) -> bytes:
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{' '.join(lines[begin : begin + 4])}</w:t></w:r></w:p>"
        for lines in pages
        for begin in range(0, LINES, 4)
    )
    text = f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'
    return changed("report.docx", "word/document.xml", text.encode())


def xlsx() -> bytes:
    """Return a sheet whose texts are in the cells, as exports of programs have them."""
    rows = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in _rows()
    )
    text = f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    return changed("data.xlsx", "xl/worksheets/sheet1.xml", text.encode())


def pptx(pages: list[list[str]]) -> bytes:
    names = [f"slide{number}" for number in range(1, len(pages) + 1)]
    ids = "".join(f'<p:sldId r:id="{name}"/>' for name in names)
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/slide" Target="slides/{name}.xml"/>'
        for name in names
    )
    begin = f'xmlns:p="{SLIDE}" xmlns:a="{DRAWING}" xmlns:r="{OFFICE}"'
    entries = {
        "ppt/presentation.xml": f"<p:presentation {begin}><p:sldIdLst>{ids}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}'
        "</Relationships>",
    }
    for name, lines in zip(names, pages, strict=True):
        runs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
        entries[f"ppt/slides/{name}.xml"] = (
            f"<p:sld {begin}><p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:txBody>{runs}</p:txBody></p:sp>"
            "</p:sld>"
        )
    return archive(**entries)


def epub(pages: list[list[str]]) -> bytes:
    names = [f"c{number}.xhtml" for number in range(CHAPTERS)]
    items = "".join(f'<item id="{name}" href="{name}"/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    each = len(pages) // CHAPTERS
    chapters = {
        name: html(pages[each * number : each * (number + 1)]) for number, name in enumerate(names)
    }
    return archive(
        **{
            "META-INF/container.xml": '<container><rootfile full-path="a.opf"/></container>',
            "a.opf": f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>",
        },
        **chapters,
    )


def html(pages: list[list[str]]) -> str:
    parts = (
        f"<h2>Page {number}</h2>" + "".join(f"<p>{line}</p>" for line in lines)
        for number, lines in enumerate(pages, start=1)
    )
    return f"<html><head><title>Report</title></head><body>{''.join(parts)}</body></html>"


def unpacked(content: bytes, ending: str) -> Iterator[bytes]:
    """Yield the entries of an archive whose names end like this."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        for name in whole.namelist():
            if name.endswith(ending):
                yield whole.read(name)


def _pages() -> Iterator[list[str]]:
    dice = random.Random(1)
    words = ["".join(dice.choices("aeioulnrst", k=dice.randrange(2, 9))) for _ in range(2_000)]
    for _ in range(PAGES):
        yield [" ".join(dice.choices(words, k=WORDS)) for _ in range(LINES)]


def _rows() -> Iterator[list[str]]:
    for row in range(ROWS):
        yield [f"cell {row}-{column}" for column in range(COLUMNS)]
