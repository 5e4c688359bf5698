"""Explain to the person why a document was refused."""

from __future__ import annotations

from collections.abc import Callable

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, gettext_lazy

from .worker.pages import Reason, Refused
from .worker.protocol import MAX_FILE_BYTES

READABLE = gettext_lazy(
    "Send an image, a PDF, a Word, Excel or PowerPoint file, an EPUB, a web page or a text file."
)
SENTENCES: dict[Reason, Callable[[], str]] = {
    Reason.TYPE: lambda: gettext("This kind of file can't be read here.") + f" {READABLE}",
    Reason.EMPTY: lambda: gettext("This file is empty."),
    Reason.ENCRYPTED: lambda: gettext(
        "This file is protected by a password or against copying. Save a copy without "
        "protection and send that."
    ),
    Reason.OLD_OFFICE: lambda: gettext(
        "This is an old Office file. Save it as .docx, .pptx or PDF and send that."
    ),
    Reason.RTF: lambda: gettext("RTF files can't be read here. Save it as .docx or PDF."),
    Reason.UNREADABLE: lambda: gettext(
        "This file is damaged or unusual, so it couldn't be read. Save it again, or as PDF."
    ),
    Reason.NO_TEXT: lambda: gettext("There is no text in this file."),
    Reason.BOMB: lambda: gettext(
        "This file unpacks to far more than it should, so it was refused."
    ),
    Reason.MEMORY: lambda: gettext("This file is too large to read here. Send a part of it."),
    Reason.TIME: lambda: gettext("This file took too long to read. Send a part of it."),
    Reason.BYTES: lambda: (
        gettext("This file is too large. Send one of up to %(limit)s.")
        % {"limit": filesizeformat(MAX_FILE_BYTES)}
    ),
    Reason.NO_WORKER: lambda: gettext(
        "Documents can't be read here right now. Try again in a minute."
    ),
}


class DocumentRefused(Exception):
    """Report that a document isn't stored; `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class DocumentTooLarge(DocumentRefused):
    """Report a file with too many bytes, or one whose content takes too much memory."""


class DocumentsUnavailable(DocumentRefused):
    """Report that nothing is wrong with the file: sending it again later helps."""


class StoreUnavailable(DocumentsUnavailable):
    """Report that the bucket doesn't answer."""

    def __init__(self) -> None:
        super().__init__(
            gettext("The storage for documents isn't available right now. Try again in a minute.")
        )


class DocumentMissing(DocumentRefused):
    """Report that the bytes of a document are lost."""

    def __init__(self) -> None:
        super().__init__(gettext("This document is no longer in storage."))


KINDS: dict[Reason, type[DocumentRefused]] = {
    Reason.BYTES: DocumentTooLarge,
    Reason.MEMORY: DocumentTooLarge,
    Reason.NO_WORKER: DocumentsUnavailable,
}


def explain(refused: Refused) -> DocumentRefused:
    """Return the error with its sentence; the worker has no translations and only names it."""
    return KINDS.get(refused.reason, DocumentRefused)(SENTENCES[refused.reason]())
