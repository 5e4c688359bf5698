"""Join with an invitation: who may look at one, and the account that it becomes."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from chatapp.accounts import hashing
from chatapp.accounts.attempts import Limit
from chatapp.accounts.models import Person
from chatapp.audit.models import Action
from chatapp.people.models import Invitation
from chatapp.people.tokens import TOKEN_LENGTH, digest_of
from chatapp.server.client_address import client_address

# Wrong links, which a person has two or three of.
WRONG_LINKS = Limit("wrong invitation links from an address", 30, timedelta(minutes=10))
# Emails that have an account. Without a limit a single link would find out about any number.
TAKEN_EMAILS = Limit("emails tried with an invitation", 5, timedelta(hours=1))


class TooManyLinks(Exception):
    """Report that too many wrong links came from this address."""


class InvitationGone(Exception):
    """Report that the invitation was used, revoked, or has ended, in the meantime too."""


class EmailTaken(Exception):
    """Report that there is an account with this email."""


class TooManyEmails(Exception):
    """Report that too many emails with an account were tried with this invitation."""


def find_invitation(request: HttpRequest, token: str) -> Invitation:
    """Return the invitation of a link. Raises InvitationGone and TooManyLinks.

    A link counts before it is looked up, so that guesses at the same instant count too.
    """
    if len(token) != TOKEN_LENGTH:
        raise InvitationGone
    counter = WRONG_LINKS.of(client_address(request).network)
    if not counter.take():
        raise TooManyLinks
    invitation = Invitation.objects.find(token)
    if invitation is None:
        raise InvitationGone
    counter.give_back()
    return invitation


def join(request: HttpRequest, token: str, person: Person, password: str) -> Person:
    """Make the account of a person whose invitation was found.

    Raises InvitationGone, EmailTaken, TooManyEmails, and ValidationError while too many passwords
    are being hashed.
    """
    counter = TAKEN_EMAILS.of(digest_of(token))
    if not counter.take():
        raise TooManyEmails
    is_counted = False
    try:
        with hashing.slot(is_known=False):  # not in the transaction: it takes a third of a second
            person.password = make_password(password)
        redeem(request, token, person)
    except IntegrityError as error:
        is_counted = True
        raise EmailTaken from error
    finally:
        if not is_counted:
            counter.give_back()
    return person


@transaction.atomic
def redeem(request: HttpRequest, token: str, person: Person) -> None:
    """Use up the invitation and store the account, or do neither. Of racing people one wins.

    Raises InvitationGone, and IntegrityError if there is an account with this email.
    """
    invitation = Invitation.objects.find(token)
    if invitation is None or not invitation.close():
        raise InvitationGone
    person.assigned_role = invitation.role
    person.allowed_models = invitation.allowed_models
    person.save(force_insert=True)
    invitation.email = person.email
    invitation.record(Action.JOINED, person, request)
