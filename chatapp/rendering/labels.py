"""The few words that rendering writes into a reply's HTML.

The render worker has no translations, so the app sends the labels with each request.
"""

from typing import NamedTuple

from django.utils.translation import gettext


class Labels(NamedTuple):
    wrap: str
    copy: str
    table: str
    done: str
    to_do: str
    source_shown: str


_worker_labels: Labels | None = None


def labels() -> Labels:
    """Return the labels that were set, or those in the active language."""
    return _worker_labels or Labels(
        wrap=gettext("Wrap"),
        copy=gettext("Copy"),
        table=gettext("Table"),
        done=gettext("Done"),
        to_do=gettext("To do"),
        source_shown=gettext("This reply is too large to format. Its text is shown as it is."),
    )


def set_labels(labels: Labels) -> None:
    global _worker_labels
    _worker_labels = labels
