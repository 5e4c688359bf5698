"""Changing a person's email.

Where emails can be sent, the new address must be confirmed by a link in it. The link needs no
sign-in, because it may be opened on another device. It works once, for LINK_WORKS, and not after
another new email or password.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from chatapp import background
from chatapp.accounts.attempts import Limit
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.server import logs

SALT = "chatapp.accounts.email_change"
LINK_WORKS = timedelta(days=1)
TEMPLATES = "accounts/email"
# Of one person: each try may send an email to an address that isn't theirs.
CHANGES = Limit("email change", 5, timedelta(hours=1))

logger = logging.getLogger(__name__)


class EmailTaken(Exception):
    """Report that another account has this email."""


class EmailNotSent(Exception):
    """Report that the email server didn't take an email."""


class LinkExpired(Exception):
    """Report a link that is too old, was used, or was never ours."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change that a link confirms."""

    person: Person
    email: str


def send_link(request: HttpRequest, person: Person, email: str) -> None:
    """Send a link to a new address. If it belongs to another account, inform that one instead.

    Both cases look alike to whoever asks. Raises EmailNotSent.
    """
    if Person.objects.filter(email=email).exists():
        _send("email_change_taken", email, {})
        return
    path = reverse("email-confirmation", args=[_token(person, email)])
    _send("email_change", email, {"link": request.build_absolute_uri(path)})


def read_link(token: str) -> Change:
    """Return the change of a link; raises LinkExpired."""
    try:
        pk, old, email, proof = signing.loads(token, salt=SALT, max_age=LINK_WORKS)
    except (signing.BadSignature, ValueError) as error:
        raise LinkExpired from error
    person = Person.objects.filter(pk=pk, email=old, is_active=True).first()
    if person is None or not constant_time_compare(proof, _proof(person)):
        raise LinkExpired
    return Change(person, email)


def change_email(request: HttpRequest, person: Person, email: str) -> None:
    """Change the email at once, and inform the old address. Sessions stay. Raises EmailTaken."""
    old = person.email
    try:
        with transaction.atomic():
            person.email = email
            person.save(update_fields=["email"])
            # Whatever allauth knows by the old address must not sign in any more.
            EmailAddress.objects.filter(user=person).exclude(email__iexact=email).delete()
            Entry.objects.record(
                Action.EMAIL_CHANGED, person, subject=email, request=request, old_email=old
            )
    except IntegrityError as error:
        person.email = old
        raise EmailTaken from error
    if settings.EMAIL_URL:
        _inform(old, email)


def _inform(old: str, new: str) -> None:
    try:
        _send("email_changed", old, {"new_email": new})
    except EmailNotSent:
        logger.warning("The old address could not be informed about a new email")


def _token(person: Person, email: str) -> str:
    return signing.dumps([str(person.pk), person.email, email, _proof(person)], salt=SALT)


def _proof(person: Person) -> str:
    """Return what a new password changes."""
    return salted_hmac(SALT, person.password, algorithm="sha256").hexdigest()[:20]


def _send(name: str, to: str, context: Mapping[str, Any]) -> None:
    """Send an email in a request, whose connection is released: the server may take seconds."""
    context = {"site_name": settings.SITE_NAME, **context}
    subject = render_to_string(f"{TEMPLATES}/{name}_subject.txt", context).strip()
    message = render_to_string(f"{TEMPLATES}/{name}_message.txt", context)
    background.release_connections()
    try:
        send_mail(subject, message, None, [to])
    except (OSError, SMTPException) as error:
        logger.warning("An email about a new address was not sent: %s", logs.place(error))
        raise EmailNotSent from error
