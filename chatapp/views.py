"""Pages that belong to no package: health, theme, and Django's error pages."""

import sys

import django.db
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_POST, require_safe

from chatapp.realtime.relay import relay
from chatapp.server.bodies import refusals
from chatapp.server.database_errors import kind_of, migrate_command
from chatapp.server.database_pages import database_error
from chatapp.server.database_state import database_is_full, pending_migrations
from chatapp.server.request_values import wants_json

THEMES = ("light", "dark")
YEAR = 60 * 60 * 24 * 365  # seconds


def site(request: HttpRequest) -> dict[str, str | bool]:
    """Return what every page shows: the app's name, the person's choice of light or dark, and how
    people sign in.

    The choice is "" for the system's. `single_sign_on` names the provider, "" without one.
    """
    choice = request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "theme": choice if choice in THEMES else "",
        "has_passwords": settings.PASSWORDS,
        "single_sign_on": settings.OIDC.name if settings.OIDC else "",
    }


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    choice = request.POST.get("theme", "")
    response = HttpResponse(status=204)
    if not wants_json(request):
        back = reverse("account") if request.POST.get("from") == "account" else "/"
        response = HttpResponse(status=303, headers={"Location": back})
    if choice in THEMES:
        response.set_cookie(
            "theme",
            choice,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.BEHIND_HTTPS,
            httponly=True,
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without touching anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Check that the database answers and is prepared, and Redis if it is configured."""
    try:
        pending = pending_migrations()
    except django.db.Error:
        return _not_ready(_("The database doesn't answer."))
    if pending:
        return _not_ready(_("Migrations are missing. Run: %s") % migrate_command())
    # A full database is still ready: everything in it can be read.
    full = _("The database is full or read-only.")
    state = {"database": full if database_is_full() else "ok"}
    if settings.REDIS_URL:
        # A request to Redis would open a connection each time, and anybody may call this page.
        away = _("Redis doesn't answer; replies of other processes appear late.")
        state["redis"] = "ok" if relay.is_connected else away
    return JsonResponse(state, status=200 if state.get("redis", "ok") == "ok" else 503)


def _not_ready(sentence: str) -> HttpResponse:
    return JsonResponse({"database": sentence}, status=503)


def server_error(request: HttpRequest) -> HttpResponse:
    """Explain what the database lacks; any other error gets the general page."""
    kind = kind_of(sys.exception())
    return database_error(request, kind) if kind else defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return render(request, "unknown_host.html", {"on_dyno": settings.ON_DYNO}, status=400)
    if isinstance(exception, RequestDataTooBig):
        return refusals.too_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return render(request, "400.html", status=400)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form from an expired page, and explain how to keep what was typed."""
    if wants_json(request):
        sentence = _("This page has expired. Reload it and send again.")
        return JsonResponse({"error": sentence, "expired": True}, status=403)
    return render(request, "403_csrf.html", status=403)
