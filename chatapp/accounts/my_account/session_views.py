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
    if sessions.end(request.user, sign_in):
        Entry.objects.record(Action.SESSIONS_ENDED, request.user, request=request, count=1)
    return saved("sessions", "ended")


@section
@reauthentication_required
def end_others(request: PersonRequest) -> HttpResponse:
    count = sessions.end_others(request.user, request.session.session_key or "")
    if count:
        Entry.objects.record(Action.SESSIONS_ENDED, request.user, request=request, count=count)
    return saved("sessions", "ended")
