"""/projects/<id>/files/: the files of a project, adding some, and removing one."""

from datetime import timedelta
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.documents.errors import DocumentRefused
from chatapp.documents.uploads import status_of
from chatapp.images.errors import ImageRefused
from chatapp.projects import files
from chatapp.projects.access import own_project, readable_project
from chatapp.projects.file_listing import listing_of
from chatapp.projects.models import Project, ProjectFile
from chatapp.server.redirects import see_other
from chatapp.server.request_values import wants_json

SALT = "removed project file"
UNDO_TIME = timedelta(hours=1)  # as long as the file itself is kept


class Problem(NamedTuple):
    """Why a file wasn't added; `name` is empty when there was none."""

    name: str
    sentence: str
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD", "POST"])
async def project_files(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Show the files to whoever may read the project; add files for its owner, one for a script
    and several for a form without one."""
    if request.method != "POST":
        return await sync_to_async(_show)(request, project_id)
    project = await sync_to_async(own_project)(request.user, project_id)
    uploads = request.FILES.getlist("file")
    await background.release_connection()
    problems = [
        problem
        for upload in uploads
        if (problem := await _add(request.user, project, upload)) is not None
    ]
    if not uploads:
        problems = [Problem("", _("We didn't receive a file. Choose it again."))]
    return await sync_to_async(_answer)(request, project, problems)


@require_POST
def project_file_removal(
    request: PersonRequest, project_id: UUID, project_file_id: int
) -> HttpResponse:
    project = own_project(request.user, project_id)
    removed = files.remove(project, project_file_id)
    return _answer(request, project, [], undo=_signed(removed) if removed else "")


@require_POST
def project_file_return(request: PersonRequest, project_id: UUID) -> HttpResponse:
    """Undo a removal, by what its answer had for this."""
    project = own_project(request.user, project_id)
    try:
        is_back = files.put_back(_removed(project, request.POST.get("undo", "")))
    except files.TooManyFiles as refusal:
        return _answer(request, project, [Problem("", refusal.sentence, HTTPStatus.CONFLICT)])
    except (signing.BadSignature, Project.DoesNotExist):
        raise Http404 from None
    if not is_back:
        raise Http404
    return _answer(request, project, [])


def _signed(removed: ProjectFile) -> str:
    """Return a removed file for a page: the signature lets it name the place in the list."""
    file_id = str(removed.document_id or removed.image_id)
    return signing.dumps([str(removed.project_id), removed.pk, removed.kind, file_id], salt=SALT)


def _removed(project: Project, signed: str) -> ProjectFile:
    """Return the removed file of this project. Raises BadSignature."""
    project_id, pk, kind, file_id = signing.loads(signed, salt=SALT, max_age=UNDO_TIME)
    if project_id != str(project.pk):
        raise signing.BadSignature
    return ProjectFile(pk=pk, project=project, **{f"{kind}_id": UUID(file_id)})


async def _add(person: Person, project: Project, upload: UploadedFile) -> Problem | None:
    name = upload.name or ""
    try:
        await files.store(person, project, upload)
    except (ImageRefused, DocumentRefused) as refusal:
        return Problem(name, refusal.sentence, status_of(refusal))
    except files.TooManyFiles as refusal:
        return Problem(name, refusal.sentence, HTTPStatus.CONFLICT)
    except Project.DoesNotExist:
        raise Http404 from None
    return None


def _answer(
    request: PersonRequest, project: Project, problems: list[Problem], undo: str = ""
) -> HttpResponse:
    """Return the list as it is now, or the first problem; without scripts the page with all."""
    if not wants_json(request):
        if problems:
            return _page(request, project, problems)
        return see_other("project-files", project.pk)
    if problems:
        return JsonResponse({"error": problems[0].sentence}, status=problems[0].status)
    context = {"project": project, "listing": listing_of(project, request.user)}
    html = render_to_string("projects/_file_list.html", context, request)
    return JsonResponse({"html": html, "undo": undo})


def _show(request: PersonRequest, project_id: UUID) -> HttpResponse:
    return _page(request, readable_project(request.user, project_id), [])


def _page(request: PersonRequest, project: Project, problems: list[Problem]) -> HttpResponse:
    context = {"project": project, "problems": problems}
    status = problems[0].status if problems else HTTPStatus.OK
    return render(request, "projects/files.html", context, status=status)
