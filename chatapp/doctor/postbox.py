"""A test mail to the owner, which alone shows that mails arrive."""

from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from chatapp.accounts.models import Person
from chatapp.doctor.checks import Check
from chatapp.doctor.checks.mail import SMTP, server
from chatapp.doctor.commands import config
from chatapp.doctor.result import Result, green, red, yellow

TITLE: Promise = gettext_lazy("Test mail")


def delivery_to(person: Person) -> Check:
    """Sends when it looks; like a check it has a time limit, and runs once at a time."""
    return Check("test-mail", TITLE, lambda: _send(person.email), once=True)


def _send(address: str) -> Result:
    if settings.ON_DYNO and not server():
        return yellow(gettext("No mail server is configured."), "", config(SMTP))
    subject = gettext("A test mail of your chat")
    body = gettext("You asked for it on the page “Doctor”. Mails of your chat arrive.")
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
    except (OSError, SMTPException) as error:
        found = gettext("The mail server did not take it (%s).") % _reason(error)
        return red(found, gettext("Check EMAIL_URL and CHAT_EMAIL_FROM."), config(SMTP))
    if not server():
        return green(gettext("Printed where the app runs: no mail server is configured."))
    return green(gettext("Sent to %s. See whether it arrives, and not as spam.") % address)


def _reason(error: Exception) -> str:
    """Without the server's own words, which may repeat what was sent to it."""
    name = type(error).__name__
    return f"{name} {error.smtp_code}" if isinstance(error, SMTPResponseException) else name
