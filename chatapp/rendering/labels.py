"""The few words that rendering writes into a reply's HTML.

The process that renders knows no language: it is given these once, by the app that started it.
"""

from typing import NamedTuple

from django.utils.translation import gettext


class Labels(NamedTuple):
    wrap: str
    copy: str
    table: str
    source_shown: str


_given: Labels | None = None


def labels() -> Labels:
    """Return the labels in the language that is active here, or those that were given."""
    return _given or Labels(
        wrap=gettext("Wrap"),
        copy=gettext("Copy"),
        table=gettext("Table"),
        source_shown=gettext("This reply is too large to format. Its text is shown as it is."),
    )


def use(given: Labels) -> None:
    global _given
    _given = given
