"""/projects/<id>/members/: with whom the owner shares a project, and how others leave it.

Whoever may not share any more, as a guest, still sees who has access and takes it away.
"""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.models import Conversation
from chatapp.projects.access import own_project
from chatapp.projects.member_form import MemberForm
from chatapp.projects.members import leave, let_in, members_of, take_out
from chatapp.projects.models import Member, Project
from chatapp.server.redirects import see_other


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Show who has access; let somebody in, or change what a member may do."""
    project = own_project(request.user, project_id)
    may_share = allows(request.user, Permission.SHARE_PROJECTS)
    if request.method != "POST":
        return _page(request, project, MemberForm(project) if may_share else None)
    if not may_share:
        raise Http404
    form = MemberForm(project, request.POST)
    if not form.is_valid():
        return _page(request, project, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    person = form.cleaned_data["person"]
    changed = let_in(project, person, can_chat=form.can_chat, request=request)
    return _back_to(project, person, ("chat" if form.can_chat else "read") if changed else "same")


@require_POST
def removal(request: PersonRequest, project_id: UUID, person_id: UUID) -> HttpResponse:
    """End the access of a member. A second POST changes nothing."""
    project = own_project(request.user, project_id)
    person = get_object_or_404(Person, pk=person_id)
    changed = take_out(project, person, request=request)
    return _back_to(project, person, "removed" if changed else "same")


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Ask whoever was let in by somebody else whether to leave, and leave."""
    shared = Project.objects.readable_by(request.user).exclude(owner=request.user)
    project = get_object_or_404(shared.select_related("owner"), pk=project_id)
    if request.method != "POST":
        inside = Conversation.objects.of(request.user).filter(project=project)
        context = {"project": project, "chats": inside.count()}
        return render(request, "projects/leaving.html", context)
    leave(project, request.user, request=request)
    return see_other("home")


def _page(
    request: PersonRequest,
    project: Project,
    form: MemberForm | None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    shown = members_of(project)
    context = {
        "project": project,
        "members": shown,
        "form": form,
        "note": _note(request, shown),
    }
    return render(request, "projects/members.html", context, status=status)


def _note(request: PersonRequest, shown: list[Member]) -> str:
    """Return what the last request has done; nothing for an address that somebody made up."""
    names = {str(member.person_id): member.person.label for member in shown}
    name = names.get(request.GET.get("person", ""))
    match request.GET.get("note"):
        case "chat" if name:
            return _("%(name)s can chat in this project.") % {"name": name}
        case "read" if name:
            return _("%(name)s can read this project.") % {"name": name}
        case "removed":
            return _("Access was removed.")
        case "same":
            return _("Nothing was changed.")
    return ""


def _back_to(project: Project, person: Person, note: str) -> HttpResponse:
    address = reverse("project-members", args=[project.pk])
    return see_other(f"{address}?note={note}&person={person.pk}")
