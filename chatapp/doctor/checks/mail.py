"""Whether mails leave the house. That they arrive only a test mail shows."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor.commands import config
from chatapp.doctor.result import Result, green, yellow

SMTP = "EMAIL_URL=smtp://user:password@host:587"
SENDER = "CHAT_EMAIL_FROM='Chat <chat@example.com>'"


def look() -> Result:
    options = server()
    if not options:
        return _console()
    words = {
        "host": f"{options['host']}:{options['port']}",
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    found = gettext("Mails go through %(host)s, from %(sender)s.") % words
    if "@localhost" in settings.DEFAULT_FROM_EMAIL:
        fix = gettext("Most servers refuse mail from such an address: set your own.")
        return yellow(found, fix, config(SENDER))
    return green(found)


def server() -> dict[str, Any]:
    """How the mail server is reached; empty when mails go to the console."""
    mailer: dict[str, Any] = settings.MAILERS["default"]
    return mailer.get("OPTIONS", {})


def _console() -> Result:
    if settings.ON_DYNO:
        found = gettext("Not configured: whoever forgot a password gets the link from your hands.")
        return yellow(found, gettext("Name a mail server."), config(SMTP))
    return green(gettext("Mails are printed on the console."))
