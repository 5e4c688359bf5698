"""/account/single-sign-on/: to the provider and back. Not found without one."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts import guesses, sign_in_log
from chatapp.accounts.models import Person
from chatapp.accounts.single_sign_on.configured import configured
from chatapp.accounts.single_sign_on.refusals import Reason, Refused

logger = logging.getLogger(__name__)


@login_not_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Show a page that leads to the provider.

    It is no redirect, because the policy of our pages lets forms lead only to this site. And it is
    a POST, or another site could sign its visitors in here.
    """
    configured()
    if not Person.objects.exists():
        return redirect("welcome")
    from chatapp.accounts.single_sign_on import flow  # its packages take memory

    try:
        if not guesses.take_single_sign_on(request):
            raise Refused(Reason.TOO_MANY)
        address = flow.begin(request)
    except Refused as refused:
        return _refused(request, refused)
    return render(request, "accounts/single_sign_on.html", {"address": address})


@login_not_required
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Sign in whom the provider sends back."""
    configured()
    from chatapp.accounts.single_sign_on import flow  # its packages take memory

    try:
        return flow.finish(request)
    except Refused as refused:
        return _refused(request, refused)


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    reason = refused.reason
    if reason is not Reason.CANCELLED:
        logger.warning("Single sign-on was refused: %s", " ".join(map(str, refused.args)).strip())
        sign_in_log.record_failure(
            request, refused.email, "single_sign_on", reason=reason.name.lower()
        )
    context = {"sentence": reason.sentence}
    return render(request, "accounts/single_sign_on_refused.html", context, status=reason.status)
