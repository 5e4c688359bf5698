"""Remove all of somebody's second steps, when their device is lost."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry


@transaction.atomic
def reset_two_step(
    person: Person, actor: Person | None = None, request: HttpRequest | None = None
) -> bool:
    """Let the person sign in with the password alone. Return whether there was a second step.

    Where their role requires two-step sign-in, they set it up anew before anything else.
    """
    removed, _ = Authenticator.objects.filter(user=person).delete()
    if removed:
        Entry.objects.record(
            Action.TWO_STEP_CHANGED, actor, subject=person.email, request=request, change="reset"
        )
    return bool(removed)
