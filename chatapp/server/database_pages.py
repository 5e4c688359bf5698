"""Answer requests that fail because of the database: a sentence, and the command that helps."""

from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chatapp.server.database_errors import Kind, migrate_command
from chatapp.server.request_values import wants_json


class Words(NamedTuple):
    heading: str
    sentence: str
    command: str  # for whoever runs the site; nobody can be looked up to show it only to the owner
    status: HTTPStatus


def database_error(request: HttpRequest, kind: Kind) -> HttpResponse:
    words = _words(kind)
    if wants_json(request):
        sentence = f"{words.heading}. {words.sentence}"
        return JsonResponse({"error": sentence}, status=words.status)
    return render(request, "database_error.html", {"words": words}, status=words.status)


def _words(kind: Kind) -> Words:
    match kind:
        case "away":
            return Words(
                _("The database can't be used"),
                _("Your saved data can't be read or changed right now. Try again in a moment."),
                "heroku pg:info" if settings.ON_DYNO else "",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        case "unprepared":
            return Words(
                _("The database isn't prepared for this version"),
                _("Nothing that was saved is lost. The database has to be updated first."),
                migrate_command(),
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        case "full":
            return Words(
                _("The database is full or read-only"),
                _("Nothing new can be saved now. You can read and delete; your text is kept."),
                "heroku pg:info" if settings.ON_DYNO else "",
                HTTPStatus.INSUFFICIENT_STORAGE,
            )
