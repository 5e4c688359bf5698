"""The line on which replies arrive passes whatever is between a browser and us."""

from django.utils.translation import gettext

from chatapp.doctor.result import Result, note


def look() -> Result:
    """What can be said without a browser; the page itself measures (`socket-check.js`)."""
    return note(gettext("Only a browser with scripts can try it: open the page /doctor/."))
