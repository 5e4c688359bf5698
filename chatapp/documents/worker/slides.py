"""Read PPTX: the text, tables and notes of each slide, in the order in which they are shown."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lxml.etree import _Element

from .archive import Archive
from .pages import Extract, Page, Reason, Refused, Unit, collect

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PRESENTATION = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MAIN = "ppt/presentation.xml"


def read(content: bytes) -> Extract:
    """Return the slides. Raises Refused."""
    with Archive(content) as archive:
        names = [*_slide_names(archive)]
        return collect(Unit.SLIDE, (_slide(archive, name) for name in names), count=len(names))


def _slide_names(archive: Archive) -> Iterator[str]:
    try:
        presentation = archive.xml(MAIN)
    except KeyError as error:
        raise Refused(Reason.UNREADABLE) from error
    targets = _relations(archive, MAIN)
    for slide in presentation.iter(f"{PRESENTATION}sldId"):
        name = targets.get(slide.get(ID) or "", ("", ""))[1]
        if name in archive.names:
            yield name


def _relations(archive: Archive, name: str) -> dict[str, tuple[str, str]]:
    """Return type and target of each relation of a part to another one in the file, by its id."""
    folder, base = posixpath.split(name)
    try:
        root = archive.xml(f"{folder}/_rels/{base}.rels")
    except KeyError:
        return {}
    return {
        relation.get("Id") or "": (
            posixpath.basename(relation.get("Type") or ""),
            posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or "")).lstrip(
                "/"
            ),
        )
        for relation in root.iter(f"{RELATIONS}Relationship")
        if relation.get("TargetMode") != "External"
    }


def _slide(archive: Archive, name: str) -> Page:
    blocks = [*_blocks(archive.xml(name))]
    for kind, target in _relations(archive, name).values():
        if kind == "notesSlide" and target in archive.names:
            notes = [*_blocks(archive.xml(target), is_notes=True)]
            blocks += ["Notes:", *notes] if notes else []
    return Page("\n\n".join(blocks))


def _blocks(root: _Element, *, is_notes: bool = False) -> Iterator[str]:
    for shape in root.iter(f"{PRESENTATION}sp", f"{DRAWING}tbl"):
        if shape.tag == f"{DRAWING}tbl":
            yield from filter(None, [_table(shape)])
            continue
        place = shape.find(f".//{PRESENTATION}nvPr/{PRESENTATION}ph")
        kind = place.get("type") if place is not None else ""
        if kind in ("sldNum", "dt", "ftr", "hdr") or (is_notes and kind == "sldImg"):
            continue
        text = _text(shape)
        if text:
            yield f"# {text}" if kind in ("title", "ctrTitle") and "\n" not in text else text


def _text(element: _Element) -> str:
    paragraphs = (
        "".join(
            "\n" if run.tag == f"{DRAWING}br" else run.text or ""
            for run in paragraph.iter(f"{DRAWING}t", f"{DRAWING}br")
        )
        for paragraph in element.iter(f"{DRAWING}p")
    )
    return "\n".join(text for text in paragraphs if text.strip())


def _table(table: _Element) -> str:
    rows = [
        [" ".join(_text(cell).split()).replace("|", "\\|") for cell in row.iter(f"{DRAWING}tc")]
        for row in table.iter(f"{DRAWING}tr")
    ]
    if not rows or not rows[0]:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])
