"""/projects/<id>/: the page of a project, and its instructions."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.project import InstructionsForm
from chatapp.chat.forms.settings import MAX_INSTRUCTIONS
from chatapp.chat.views.answers import done
from chatapp.chat.views.page import page
from chatapp.projects.access import own_project, own_trashed_project, readable_project
from chatapp.projects.models import Project


@require_safe
def project(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Show a project: the box in which a chat in it begins, its chats, instructions and files."""
    try:
        shown = readable_project(request.user, project_id)
    except Http404:
        return _show_trashed(request, project_id)
    return page(request, None, project=shown)


@require_http_methods(["GET", "HEAD", "POST"])
def instructions(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Change the instructions; without a form, lead to where they are shown."""
    shown = own_project(request.user, project_id)
    place = f"{shown.get_absolute_url()}#instructions"
    if request.method != "POST":
        return redirect(place)
    form = InstructionsForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["instructions"]
        Project.objects.present().filter(pk=shown.pk).update(instructions=text)
        return done(request, place)
    shown.instructions = request.POST.get("instructions", "")
    problem = form.errors["instructions"][0]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"project": shown, "problem": problem, "max_instructions": MAX_INSTRUCTIONS}
    return render(request, "projects/instructions.html", context, status=status)


def _show_trashed(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Show, in place of a project in the trash, how to restore it. Raises Http404."""
    context = {"project": own_trashed_project(request.user, project_id)}
    return render(request, "projects/trashed.html", context, status=HTTPStatus.NOT_FOUND)
