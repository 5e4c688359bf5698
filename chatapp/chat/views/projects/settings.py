"""/projects/<id>/settings/: the name of a project, and how new chats in it begin."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.project import ProjectForm
from chatapp.chat.forms.settings import MIN_TOKENS
from chatapp.chat.views.answers import done
from chatapp.conversations import sidebar_events
from chatapp.conversations.models import Effort
from chatapp.projects.access import audience, own_project
from chatapp.projects.models import Project


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Show the settings of a project, or change them."""
    project = own_project(request.user, project_id)
    form = ProjectForm(project, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        Project.objects.present().filter(pk=project.pk).update(**form.saved_values)
        if form.cleaned_data["name"] != project.name:
            sidebar_events.sidebars_changed(audience(project))
        return done(request, project.get_absolute_url())
    context = {
        "project": project,
        "form": form,
        "models": form.models.values(),
        "sheet": {"efforts": Effort.choices, "tools": form.tools, "min_tokens": MIN_TOKENS},
        "values": form.shown,
        "problems": form.problems if form.is_bound else {},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "projects/settings.html", context, status=status)
