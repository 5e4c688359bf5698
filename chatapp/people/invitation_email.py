"""The email with the link of an invitation."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from chatapp import background
from chatapp.accounts.attempts import Limit
from chatapp.people.models import Invitation
from chatapp.server import logs

FOLDER = "people/email/"
EMAILS = Limit("invitation emails of a person", 50, timedelta(hours=1))

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link to the address that it is for; return whether the server took the email."""
    if not EMAILS.of(str(invitation.made_by_id)).take():
        return False
    context = {"invitation": invitation, "link": link, "site_name": settings.SITE_NAME}
    subject = render_to_string(f"{FOLDER}invitation_subject.txt", context).strip()
    body = render_to_string(f"{FOLDER}invitation_message.txt", context)
    background.release_connections()  # the email server may take seconds
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    except (OSError, SMTPException) as error:
        logger.warning("An invitation could not be sent: %s", logs.place(error))
        return False
    return True
