"""Read DOCX through mammoth, which knows headings, lists, tables, notes and comments of Word."""

from __future__ import annotations

import io
import zipfile

import mammoth

from . import markup
from .archive import DAMAGED, Archive
from .pages import Extract, Reason, Refused, Unit, collect, parts

NO_IMAGES = mammoth.images.img_element(lambda image: {"alt": image.alt_text or ""})


def read(content: bytes) -> Extract:
    """Return the text in parts. Raises Refused."""
    with Archive(content) as archive:
        archive.refuse_dtds()
    try:
        # Nothing outside of the file is opened: images aren't read, and links stay text.
        result = mammoth.convert_to_html(io.BytesIO(content), convert_image=NO_IMAGES)
    except (
        *DAMAGED,
        KeyError,
        AttributeError,
        IndexError,
        TypeError,
        zipfile.LargeZipFile,
    ) as error:
        raise Refused(Reason.UNREADABLE) from error
    return collect(Unit.PART, parts(markup.blocks(result.value)))
