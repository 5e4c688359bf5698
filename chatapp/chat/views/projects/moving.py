"""/c/<id>/project/: in which project a chat is."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done
from chatapp.conversations import sidebar_events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import ProjectUnavailable
from chatapp.projects.moving import move, targets
from chatapp.server.request_values import read_uuid, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def moving(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Ask where to move a chat, to scripts with only the form; or move it. An empty `project` takes
    it out of its project."""
    conversation = own_conversation(request.user, conversation_id)
    if request.method != "POST":
        context = {"conversation": conversation, "projects": targets(conversation)}
        name = "_move" if wants_json(request) else "move"
        return render(request, f"projects/{name}.html", context)
    wanted = request.POST.get("project", "")
    project_id = read_uuid(wanted)
    if wanted and project_id is None:
        raise Http404
    try:
        is_moved = move(conversation, project_id)
    except ProjectUnavailable:
        raise Http404 from None
    if is_moved:
        sidebar_events.sidebar_changed(request.user.pk)
    return done(request, conversation.get_absolute_url())
