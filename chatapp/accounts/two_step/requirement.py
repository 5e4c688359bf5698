"""Find out whether a person must set up two-step sign-in before anything else."""

from allauth.mfa.models import Authenticator
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from chatapp.accounts.models import Person, SignInPolicy
from chatapp.accounts.roles import Role

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone: none
_PERSON = Person._meta.db_table
# A condition on a row of people. Each request asks it together with its session and person, so
# that a new policy counts at once in every process; the first part is false where none is set.
LACKS_TWO_STEP = (
    f"(EXISTS (SELECT 1 FROM {SignInPolicy._meta.db_table} policy"  # noqa: S608
    f" WHERE policy.two_step_required AND policy.role ="
    f" CASE WHEN {_PERSON}.is_owner THEN '{Role.OWNER}' ELSE {_PERSON}.assigned_role END)"
    f" AND NOT EXISTS (SELECT 1 FROM {Authenticator._meta.db_table} factor"
    f" WHERE factor.user_id = {_PERSON}.id AND factor.type IN"
    f" ('{Authenticator.Type.TOTP}', '{Authenticator.Type.WEBAUTHN}')))"
)


def is_two_step_required(person: Person) -> bool:
    return SignInPolicy.objects.filter(role=person.role, two_step_required=True).exists()


def lacking() -> RawSQL:
    """Return the condition for queries of people."""
    return RawSQL(LACKS_TWO_STEP, (), output_field=BooleanField())  # noqa: S611 - our own text


def lacks_two_step(person: Person) -> bool:
    """Return whether the person's role requires two-step sign-in, which they haven't set up.

    `signed_in` has looked it up with the person.
    """
    known: bool | None = getattr(person, "lacks_two_step", None)
    if known is None:
        people = Person.objects.annotate(lacks_two_step=lacking())
        found = people.filter(pk=person.pk).values_list("lacks_two_step", flat=True).first()
        known = bool(found)
        person.lacks_two_step = known  # type: ignore[attr-defined]
    return bool(known)
