"""/projects/<id>/deletion/: a project goes to the trash, comes back, or is deleted for good."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done
from chatapp.chat.views.shielding import shielded
from chatapp.projects import trash as store
from chatapp.projects.access import own_project, own_project_anywhere, own_trashed_project
from chatapp.projects.models import Project
from chatapp.replies import project_trashing
from chatapp.server.database_errors import DatabaseFull

WITH_CHATS = "trash"  # what becomes of the chats; anything else keeps them


@require_http_methods(["GET", "HEAD", "POST"])
async def deletion(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Ask what becomes of the chats, or move the project to the trash; a second POST changes
    nothing."""
    if request.method != "POST":
        return await sync_to_async(_ask)(request, project_id)
    project = await sync_to_async(own_project_anywhere)(request.user, project_id)
    with_chats = request.POST.get("chats") == WITH_CHATS
    work = project_trashing.trash(project, with_chats=with_chats)
    await shielded(f"project-deletion:{project_id}:{with_chats}", work, DatabaseFull)
    return done(request, f"{reverse('projects')}?deleted={project_id}")


@require_POST
async def restoration(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Take a project out of the trash; a stale tab may ask for one that isn't there."""
    project = await sync_to_async(own_project_anywhere)(request.user, project_id)
    await shielded(f"project-restoration:{project_id}", project_trashing.restore(project))
    return done(request, project.get_absolute_url())


@require_POST
def removal(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Delete a project in the trash for good."""
    project = own_trashed_project(request.user, project_id)
    store.remove(Project.objects.filter(pk=project.pk))
    return done(request, reverse("trash"))


def _ask(request: PersonRequest, project_id: UUID) -> HttpResponse:
    project = own_project(request.user, project_id)
    context = {
        "project": project,
        "has_chats": store.own_chats(project).exists(),
        "has_members": project.members.exists(),
        "with_chats": WITH_CHATS,
    }
    return render(request, "projects/deletion.html", context)
