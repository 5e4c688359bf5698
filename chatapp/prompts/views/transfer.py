"""/prompts/export and /prompts/import: one's own prompts as a file, and files as prompts."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.prompts.files import exported
from chatapp.prompts.import_report import Report
from chatapp.prompts.importing import import_files
from chatapp.prompts.views.listing import show
from chatapp.server.file_names import attachment_header


@require_safe
def export(request: PersonRequest) -> HttpResponse:
    headers = {"Content-Disposition": attachment_header(_("Prompts"), "json")}
    return HttpResponse(exported(request.user), "application/json", headers=headers)


@require_POST
def import_(request: PersonRequest) -> HttpResponse:
    """Add the prompts of files and show what was added: to load that page again adds nothing."""
    files = request.FILES.getlist("files")
    if files:
        contents = ((file.name or "", file.read()) for file in files)
        report = import_files(request.user, contents)
    else:
        report = Report(problems=[_("Choose a file first.")])
    return show(request, {}, report)
