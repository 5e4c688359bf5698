"""/account/sessions/: end the sessions of other browsers."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse

from chatapp.accounts.my_account import sessions
from chatapp.accounts.my_account.views import saved, section
from chatapp.accounts.person_request import PersonRequest
from chatapp.audit.models import Action, Entry


@section
@reauthentication_required
def end(request: PersonRequest, sign_in: UUID) -> HttpResponse:
    """End one session. One that has ended meanwhile, or isn't one's own, changes nothing."""
    return _ended(request, int(sessions.end(request.user, sign_in)))


@section
@reauthentication_required
def end_others(request: PersonRequest) -> HttpResponse:
    own_key = request.session.session_key or ""
    return _ended(request, sessions.end_others(request.user, own_key))


def _ended(request: PersonRequest, count: int) -> HttpResponse:
    if count:
        Entry.objects.record(
            Action.SESSIONS_ENDED,
            request.user,
            subject=request.user.email,
            request=request,
            count=count,
        )
    return saved("sessions", "ended")
