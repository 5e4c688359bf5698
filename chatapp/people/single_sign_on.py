"""Join with an invitation by signing in with the provider, without a password."""

from django.http import HttpRequest

from chatapp.accounts.models import Person
from chatapp.accounts.single_sign_on.joining import admit_by
from chatapp.people.joining import InvitationGone, redeem


@admit_by
def admit(request: HttpRequest, person: Person, token: str) -> bool:
    """Use up the invitation with which the sign-in began, if there is one."""
    if not token:
        return False
    try:
        redeem(request, token, person)
    except InvitationGone:
        return False
    return True
