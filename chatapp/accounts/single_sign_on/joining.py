"""Find the person to whom an identity belongs, or let a new person join."""

from collections.abc import Callable

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from chatapp.accounts import access_changes
from chatapp.accounts.models import Person
from chatapp.accounts.single_sign_on.configured import configured
from chatapp.accounts.single_sign_on.identity import Identity
from chatapp.accounts.single_sign_on.refusals import Reason, Refused
from chatapp.audit.models import Action, Entry

type Admission = Callable[[HttpRequest, Person, str], bool]

_admissions: list[Admission] = []


def admit_by(admission: Admission) -> Admission:
    """Let a package above decide, too, who may join: those with an invitation.

    It gets the person, whose email is verified and who isn't stored yet, and the token of the
    invitation with which the sign-in began, or "". It stores and records them and returns True, or
    changes nothing and returns False.
    """
    _admissions.append(admission)
    return admission


def link_of(request: HttpRequest, identity: Identity, invitation: str) -> SocialAccount:
    """Link an identity that nobody has yet to the person with its email, and return the link.

    The email must be verified, or anybody could enter another person's at the provider. A person
    has one identity: an email that a provider gives to somebody else opens no old account. Raises
    Refused.
    """
    if not identity.email:
        raise Refused(Reason.NO_EMAIL)
    if not identity.is_verified:
        raise Refused(Reason.UNVERIFIED_EMAIL, email=identity.email)
    try:
        return _link(request, identity, invitation)
    except IntegrityError:  # the same person joined in another tab a moment ago
        return _link(request, identity, invitation)


@transaction.atomic
def _link(request: HttpRequest, identity: Identity, invitation: str) -> SocialAccount:
    # The row is locked, so that two identities with one email can't both be the first.
    found = Person.objects.select_for_update().filter(email=identity.email)
    known = found.first()
    person = known or _join(request, identity, invitation)
    if not person.is_active:
        raise Refused(Reason.INACTIVE, email=identity.email)
    link, is_new = SocialAccount.objects.get_or_create(
        user=person, provider=configured().issuer, defaults={"uid": identity.subject}
    )
    if link.uid != identity.subject:
        raise Refused(Reason.OTHER_IDENTITY, email=identity.email)
    if known and is_new and not known.is_owner and known.has_usable_password():
        _shut_out_others(request, known)
    return link


def _shut_out_others(request: HttpRequest, person: Person) -> None:
    """End the password and the sessions of an account that has got its identity.

    Nobody has verified its email until now, so it may be somebody else who made it, with the email
    of the person who will write here (https://arxiv.org/abs/2205.10174). The owner proved to be
    the owner, and needs a way in while the provider is out of reach.
    """
    person.set_unusable_password()
    person.session_version += 1
    person.save(update_fields=["password", "session_version"])
    access_changes.note(person.pk)
    Entry.objects.record(
        Action.PASSWORD_CHANGED,
        person,
        subject=person.email,
        request=request,
        method="single_sign_on",
    )


def _join(request: HttpRequest, identity: Identity, invitation: str) -> Person:
    """Add a person who is admitted, or whose email is of an allowed domain, without a password."""
    person = Person(email=identity.email, name=identity.name, assigned_role=configured().role)
    person.set_unusable_password()
    if any(admission(request, person, invitation) for admission in _admissions):
        return person
    if identity.domain not in configured().domains:
        raise Refused(Reason.NOT_INVITED, email=identity.email)
    person.save(force_insert=True)
    Entry.objects.record(
        Action.JOINED, person, request=request, method="single_sign_on", role=person.role.value
    )
    return person
