"""Email: how it is sent, and a test email, which alone shows that email arrives."""

from smtplib import SMTPException, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from chatapp.accounts.models import Person
from chatapp.diagnostics.results import Result, green, red, set_config, yellow
from chatapp.diagnostics.runner import Check

SMTP = "EMAIL_URL=smtp://user:password@host:587"
SENDER = "CHAT_EMAIL_FROM='Chat <chat@example.com>'"
TEST_TITLE: Promise = gettext_lazy("Test email")


def check_email() -> Result:
    """Return how email leaves the app."""
    options = _server()
    if not options:
        return _without_server()
    facts = {
        "host": f"{options['host']}:{options['port']}",
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    found = gettext("Email is sent through %(host)s, from %(sender)s.") % facts
    if "@localhost" in settings.DEFAULT_FROM_EMAIL:
        fix = gettext("Most servers refuse this sender. Set your own.")
        return yellow(found, fix, set_config(SENDER))
    return green(found)


def make_test_email(person: Person) -> Check:
    """Make a check that sends an email to a person, with the time limit of a check."""
    return Check("test-email", TEST_TITLE, lambda: _send(person.email), on_request=True)


def _server() -> dict[str, Any]:
    """Return how the email server is reached, {} when email is printed on the console."""
    mailer: dict[str, Any] = settings.MAILERS["default"]
    return mailer.get("OPTIONS", {})


def _without_server() -> Result:
    if settings.ON_DYNO:
        found = gettext("Not configured. You have to send links for forgotten passwords yourself.")
        return yellow(found, gettext("Configure an email server."), set_config(SMTP))
    return green(gettext("Email is printed on the console."))


def _send(address: str) -> Result:
    if settings.ON_DYNO and not _server():
        found = gettext("The test email wasn't sent: no email server is configured.")
        return yellow(found, gettext("Configure one."), set_config(SMTP))
    subject = gettext("Test email from your chat")
    body = gettext("You sent this from the page “Diagnostics”. Email from your chat arrives.")
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
    except (OSError, SMTPException) as error:
        found = gettext("The email server refused the test email (%s).") % _reason(error)
        return red(found, gettext("Check EMAIL_URL and CHAT_EMAIL_FROM."), set_config(SMTP))
    if not _server():
        return green(gettext("Printed on the app's console: no email server is configured."))
    return green(gettext("Sent to %s. Check that it arrives, and not as spam.") % address)


def _reason(error: Exception) -> str:
    """Leave out the server's message, which may repeat what was sent to it."""
    name = type(error).__name__
    return f"{name} {error.smtp_code}" if isinstance(error, SMTPResponseException) else name
