"""/shares/: all shares of a person, and ending one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.audit.models import Action, Entry
from chatapp.server.redirects import see_other
from chatapp.server.request_values import wants_json
from chatapp.sharing.access import own_share, require_sharing
from chatapp.sharing.models import Share
from chatapp.sharing.views.sharing import link, shown_to_script


@requires(Permission.SHARE)
@require_safe
def shares(request: PersonRequest) -> HttpResponse:
    require_sharing()
    found = Share.objects.of(request.user).select_related("conversation").order_by("-created_at")
    rows = [
        {"share": share, "link": link(request, share), "state": _state(share)} for share in found
    ]
    with timezone.override(zone_of(request)):
        return render(request, "sharing/shares.html", {"rows": rows})


@requires(Permission.SHARE)
@require_POST
def revocation(request: PersonRequest, share_id: UUID) -> HttpResponse:
    """End a share at once: its link, its images and its snapshot are gone."""
    share = own_share(request.user, share_id)
    conversation = share.conversation
    ended = str(share.pk)
    share.delete()
    Entry.objects.record(Action.SHARING_ENDED, request.user, subject=ended, request=request)
    if wants_json(request):
        with timezone.override(zone_of(request)):
            return shown_to_script(request, conversation, None, "stopped")
    return see_other("shares")


def _state(share: Share) -> str:
    """Return why the link doesn't work, if it doesn't."""
    if share.conversation.trashed_at:
        return _("In the trash. The link works again when you restore the chat.")
    return _("The link has ended.") if share.has_ended else ""
