"""/projects/: a person's projects, and a new one."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.project import NewProjectForm
from chatapp.conversations import sidebar_events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Conversation
from chatapp.projects import listing
from chatapp.projects.models import Project
from chatapp.projects.moving import move
from chatapp.server.request_values import read_uuid


@require_http_methods(["GET", "HEAD", "POST"])
def projects(request: PersonRequest) -> HttpResponse:
    """Show the projects by name, after a deletion with the offer to undo that; or begin one. With
    `?chat=<id>` that chat moves into the new one."""
    chat = _chat(request.user, request.GET.get("chat", ""))
    form = NewProjectForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _has_room(request.user, form):
        project = Project.objects.create(owner=request.user, name=form.cleaned_data["name"])
        if chat:
            move(chat, project.pk)
        sidebar_events.sidebar_changed(request.user.pk)
        return redirect(chat or project)
    context = {
        "chat": chat,
        "projects": listing.readable_projects(request.user),
        "form": form,
        "deleted": _just_deleted(request.user, request.GET.get("deleted", "")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "projects/projects.html", context, status=status)


def _has_room(person: Person, form: NewProjectForm) -> bool:
    if listing.has_room(person):
        return True
    sentence = _("You can have up to %(count)s projects. Delete one first.")
    form.add_error("name", sentence % {"count": listing.MAX_PROJECTS})
    return False


def _chat(person: Person, chat: str) -> Conversation | None:
    key = read_uuid(chat)
    return own_conversation(person, key) if key else None


def _just_deleted(person: Person, deleted: str) -> Project | None:
    key = read_uuid(deleted)
    trashed = Project.objects.filter(owner=person).in_trash()
    return trashed.filter(pk=key).first() if key else None
