"""Limit the space of documents, for each person and in total."""

from __future__ import annotations

from django.utils.translation import gettext

from chatapp.images.quota import Usage

from .errors import DocumentRefused


class QuotaExceeded(DocumentRefused):
    """Report that there is no space for a document of `size` bytes."""

    @classmethod
    def of_person(cls, usage: Usage, size: int) -> QuotaExceeded:
        return cls(
            gettext(
                "There isn't enough space for this document: it takes %(size)s, and %(left)s of "
                "your %(quota)s are left. Delete conversations with documents, or files of "
                "projects, that you no longer need, then send it again."
            )
            % usage.sizes(size)
        )

    @classmethod
    def of_total(cls, usage: Usage, size: int) -> QuotaExceeded:
        return cls(
            gettext(
                "There isn't enough space for this document: it takes %(size)s, and %(left)s of "
                "the %(quota)s for everybody are left. Delete conversations with documents, or ask "
                "the owner of this site for more space."
            )
            % usage.sizes(size)
        )


def check(size: int, person: Usage, total: Usage) -> None:
    """Raise QuotaExceeded when `size` more bytes don't fit.

    Uploads at the same moment don't see each other, so a quota can be exceeded by the documents
    that are being stored at once.
    """
    if size > person.left:
        raise QuotaExceeded.of_person(person, size)
    if size > total.left:
        raise QuotaExceeded.of_total(total, size)
