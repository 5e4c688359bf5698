"""Read EPUB: its chapters, in the order of the spine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml.etree import _Element

from . import markup, plain
from .archive import Archive
from .pages import Extract, Page, Reason, Refused, Unit, collect

CONTAINER = "META-INF/container.xml"
FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read(content: bytes) -> Extract:
    """Return the chapters. Raises Refused, with ENCRYPTED for a book with copy protection."""
    with Archive(content) as archive:
        if _is_protected(archive):
            raise Refused(Reason.ENCRYPTED)
        try:
            package_name = archive.xml(CONTAINER).find(".//{*}rootfile")
            name = (package_name.get("full-path") or "") if package_name is not None else ""
            package = archive.xml(name)
        except KeyError as error:
            raise Refused(Reason.UNREADABLE) from error
        names = [*_chapter_names(archive, package, posixpath.dirname(name))]
        title = package.findtext(".//{http://purl.org/dc/elements/1.1/}title") or ""
        pages = (_chapter(archive, each) for each in names)
        return collect(Unit.CHAPTER, pages, count=len(names), title=title)


def _chapter_names(archive: Archive, package: _Element, folder: str) -> Iterator[str]:
    items = {each.get("id"): each.get("href") or "" for each in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        target = unquote(items.get(reference.get("idref"), "").partition("#")[0])
        name = posixpath.normpath(posixpath.join(folder, target))
        if name in archive.names:
            yield name


def _chapter(archive: Archive, name: str) -> Page:
    text = plain.decode(archive.read(name))
    blocks = [*markup.blocks(text)]
    heading = next((each.lstrip("# ") for each in blocks if each.startswith("#")), "")
    return Page("\n\n".join(blocks), heading or markup.title(text))


def _is_protected(archive: Archive) -> bool:
    """Return whether more than fonts is encrypted."""
    if "META-INF/rights.xml" in archive.names:
        return True
    if "META-INF/encryption.xml" not in archive.names:
        return False
    methods = archive.xml("META-INF/encryption.xml").iter("{*}EncryptionMethod")
    return any(method.get("Algorithm") not in FONTS for method in methods)
