"""The list of conversations, and renaming one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.chat.views.answers import done, error
from chatapp.chat.views.page import page
from chatapp.conversations import events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Conversation
from chatapp.projects.access import find_readable
from chatapp.projects.sidebar import sidebar_page
from chatapp.server.request_values import read_uuid, wants_json


@require_safe
def conversations(request: PersonRequest) -> HttpResponse:
    """Show one page of the sidebar, with the conversation or the project of the person's page if it
    names that; without scripts, inside the whole page."""
    if not wants_json(request):
        return page(request, None, sidebar_before=request.GET.get("before", ""))
    key = read_uuid(request.GET.get("current", ""))
    current = Conversation.objects.of(request.user).filter(pk=key).first() if key else None
    project_id = read_uuid(request.GET.get("project", ""))
    project = None if current else find_readable(request.user, project_id)
    with timezone.override(zone_of(request)):
        found = sidebar_page(request.user, request.GET.get("before", ""), current, project)
    return render(request, "sidebar/_conversation_groups.html", {"sidebar": found})


@require_POST
def title(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    conversation = own_conversation(request.user, conversation_id)
    wanted = request.POST.get("title", "").strip()
    if not wanted:
        return error(_("Enter a title."), 422)
    conversation.rename(wanted)
    events.conversation_changed(conversation)
    return done(request, conversation.get_absolute_url())
