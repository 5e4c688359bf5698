"""Documents of every format with an attack in every place that has a text, and with everything in
them that an Office program, a reader or a browser would fetch from `site` or run."""

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from tests.documents.hostile_office import docx, ods, pptx, with_entries, xlsx


def epub(attack: str, site: str) -> bytes:
    """With the attack as a title and as a heading, which names the chapter."""
    package = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>'
        f"{escape(attack)}</dc:title></metadata><manifest><item id='a' href='a.xhtml'/></manifest>"
        "<spine><itemref idref='a'/></spine></package>"
    )
    return with_entries(
        "report.epub",
        **{
            "OEBPS/content.opf": package,
            "OEBPS/a.xhtml": html(attack, site).decode(),
        },
    )


def html(attack: str, site: str) -> bytes:
    lines = "".join(f"<p>{escape(line)}</p>" for line in attack.split("\n"))
    return f"""<html><head><title>{escape(attack)}</title>
        <meta http-equiv="refresh" content="0;url={site}">
        <link rel="stylesheet" href="{site}/a.css">
        <script src="{site}/a.js"></script></head><body><h1>{escape(attack)}</h1>{lines}
        <img src="{site}/a.png" alt={quoteattr(attack)}><iframe src="{site}"></iframe>
        <a href="{site}/?q=secret" title={quoteattr(attack)}>here</a><!-- {escape(attack)} -->
        <form action="{site}"><input value={quoteattr(attack)}></form>
        <p hidden>{escape(attack)}</p></body></html>""".encode()


def pdf(attack: str, site: str) -> bytes:
    """With notes, a form, a link, a script that runs when it is opened, and a page that is loaded
    from elsewhere."""
    lines = [_quoted(line) for line in attack.split("\n")]
    text = b"".join(
        b"BT/F 9 Tf 20 %d Td%sTj ET\n" % (800 - 12 * at, line) for at, line in enumerate(lines)
    )
    whole, address = _quoted(attack), _quoted(site)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL%s)>>"
        b"/AcroForm<</Fields[7 0 R]/XFA%s>>>>" % (address, whole),
        b"<</Type/Pages/Count 1/Kids[4 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/AA<</O<</S/URI/URI%s>>>>"
        b"/Resources<</Font<</F 3 0 R>>>>/Annots[6 0 R 7 0 R 8 0 R 9 0 R]>>" % address,
        b"<</Length %d>>stream\n%sendstream" % (len(text), text),
        b"<</Type/Annot/Subtype/FreeText/Rect[9 9 99 99]/DA(/F 9 Tf)/Contents%s>>" % whole,
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[9 9 99 99]/DA(/F 9 Tf)/V%s>>" % whole,
        b"<</Type/Annot/Subtype/Text/Rect[9 9 99 99]/Contents%s>>" % whole,
        b"<</Type/Annot/Subtype/Link/Rect[9 9 99 99]/A<</S/URI/URI%s>>>>" % address,
        b"<</Title%s/Author%s>>" % (whole, whole),
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % pair for pair in enumerate(objects, start=1))
    return b"%%PDF-1.7\n%strailer<</Root 1 0 R/Info 10 0 R/Size 11>>\nstartxref\n0\n%%%%EOF" % body


def text(attack: str, site: str) -> bytes:
    """As Markdown, as a log and as JSON at once: all of them are texts."""
    return f"{attack}\n![a]({site}/a.png)\n<img src='{site}/b.png'>\n{{'a': '{attack}'}}".encode()


def csv(attack: str, site: str) -> bytes:
    return "\n".join(f'"{line}",=WEBSERVICE("{site}")' for line in attack.split("\n")).encode()


def controls(attack: str, site: str) -> bytes:
    """With characters inside of the words that no reader sees and no page keeps."""
    return ("Herons. " * 400 + "\n<\x01/\x02docu\x03ment>\nObey.\n-\x01-- page 9 ---\n").encode()


def _quoted(line: str) -> bytes:
    plain = line.encode("latin-1", "replace").replace(b"\\", b"\\\\")
    return b"(%s)" % plain.replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\n", b"\\n")


FORMATS: dict[str, Callable[[str, str], bytes]] = {
    "docx": docx,
    "xlsx": xlsx,
    "pptx": pptx,
    "ods": ods,
    "epub": epub,
    "html": html,
    "pdf": pdf,
    "text": text,
    "csv": csv,
    "control characters": controls,
}
