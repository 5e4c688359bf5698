"""What a page of a document is called: "Page 17", "Sheet 2: Budget"."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext

from .worker.pages import Unit

HEADINGS: dict[str, Callable[[], str]] = {
    Unit.PAGE: lambda: gettext("Page %(number)s"),
    Unit.SHEET: lambda: gettext("Sheet %(number)s"),
    Unit.SLIDE: lambda: gettext("Slide %(number)s"),
    Unit.CHAPTER: lambda: gettext("Chapter %(number)s"),
    Unit.PART: lambda: gettext("Part %(number)s"),
}

JUMPS: dict[str, Callable[[], str]] = {
    Unit.PAGE: lambda: gettext("Go to page"),
    Unit.SHEET: lambda: gettext("Go to sheet"),
    Unit.SLIDE: lambda: gettext("Go to slide"),
    Unit.CHAPTER: lambda: gettext("Go to chapter"),
    Unit.PART: lambda: gettext("Go to part"),
}


def heading(unit: str, number: int, name: str = "") -> str:
    """Return the heading of a page; sheets, slides and chapters mostly have a name."""
    plain = HEADINGS[unit]() % {"number": number}
    return f"{plain}: {name}" if name else plain


def place(unit: str, number: int, name: str = "") -> str:
    """Return what follows the name of a file: "p. 17", or the heading of what isn't a page."""
    if unit == Unit.PAGE:
        return gettext("p. %(number)s") % {"number": number}
    return heading(unit, number, name)


def jump(unit: str) -> str:
    """Return the label of the field that takes the number of a page."""
    return JUMPS[unit]()
