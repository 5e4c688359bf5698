"""/c/<id>/share: the author's side of a share, as a page and as the content of a dialog."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.audit.models import Action, Entry
from chatapp.conversations.models import Conversation
from chatapp.server.redirects import see_other
from chatapp.server.request_values import wants_json
from chatapp.sharing.access import sharable
from chatapp.sharing.forms import ShareForm
from chatapp.sharing.models import Share
from chatapp.sharing.publishing import Busy, SharesFull, publish, update
from chatapp.sharing.snapshots import NothingToShare, TooLong

REFUSALS = {
    NothingToShare: _("There is no finished reply to share yet. Try again when one is done."),
    TooLong: _("The last message and its reply are too long to share."),
    SharesFull: _("You can't share any more. Stop sharing another chat first."),
    Busy: _("This site is busy. Wait a minute and try again."),
}
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(Permission.SHARE)
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Show the share or the form for one; a POST creates it, or changes what it shows."""
    conversation, present = sharable(request.user, conversation_id)
    with timezone.override(zone_of(request)):
        form = ShareForm(present, request.POST if request.method == "POST" else None)
        if not form.is_bound:
            return _shown(request, conversation, present, form)
        if not form.is_valid():
            return _refused(request, conversation, present, form.sentence, form)
        try:
            stored = publish(conversation, form.choices)
        except tuple(REFUSALS) as refused:
            sentence = str(REFUSALS[type(refused)])
            return _refused(request, conversation, present, sentence, form)
        except Conversation.DoesNotExist:
            raise Http404 from None
        if not present:
            Entry.objects.record(
                Action.SHARED, request.user, subject=str(stored.pk), request=request
            )
        return _done(request, conversation, stored, "saved" if present else "created")


@requires(Permission.SHARE)
@require_POST
def snapshot(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Show what the conversation shows now. If the share was revoked in another tab, offer to
    create a link."""
    conversation, present = sharable(request.user, conversation_id)
    if present is None:
        return _done(request, conversation, None, "")
    with timezone.override(zone_of(request)):
        try:
            if not update(present):
                return _done(request, conversation, None, "")
        except tuple(REFUSALS) as refused:
            sentence = str(REFUSALS[type(refused)])
            return _refused(request, conversation, present, sentence, ShareForm(present))
        return _done(request, conversation, present, "updated")


def shown_to_script(
    request: HttpRequest, conversation: Conversation, present: Share | None, note: str = ""
) -> HttpResponse:
    context = _context(request, conversation, present, ShareForm(present))
    return render(request, "sharing/_share.html", context | {"note": note})


def _done(
    request: PersonRequest, conversation: Conversation, present: Share | None, note: str
) -> HttpResponse:
    if wants_json(request):
        return shown_to_script(request, conversation, present, note)
    return see_other("share", conversation.pk)


def _refused(
    request: PersonRequest,
    conversation: Conversation,
    present: Share | None,
    sentence: str,
    form: ShareForm,
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=UNPROCESSABLE)
    return _shown(request, conversation, present, form, sentence, UNPROCESSABLE)


def _shown(
    request: PersonRequest,
    conversation: Conversation,
    present: Share | None,
    form: ShareForm,
    sentence: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    template = "sharing/_share.html" if wants_json(request) else "sharing/share.html"
    context = _context(request, conversation, present, form) | {"sentence": sentence}
    return render(request, template, context, status=status)


def _context(
    request: HttpRequest, conversation: Conversation, present: Share | None, form: ShareForm
) -> dict[str, object]:
    return {"shared": conversation, "share": present, "form": form, "link": link(request, present)}


def link(request: HttpRequest, present: Share | None) -> str:
    """Return the whole address of a share; "" when it can't be shown any more."""
    if present is None or not present.token:
        return ""
    return request.build_absolute_uri(reverse("shared", args=[present.token]))
