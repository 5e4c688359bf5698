"""/account/: what a person sets for themselves. Each section is a form with its own address."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chatapp.accounts.models import PersonalInstructions
from chatapp.accounts.my_account.forms import (
    EmailForm,
    InstructionsForm,
    NameForm,
    TimeZoneForm,
)
from chatapp.accounts.my_account.personal_instructions import MAX_CHARACTERS
from chatapp.accounts.my_account.sessions import active_sessions
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import browser_zone, zone_of
from chatapp.server.redirects import see_other

type View = Callable[..., HttpResponse]


def section(view: View) -> View:
    """Lead to the page from the address of a section, where a reload or a new sign-in may end."""

    @wraps(view)
    def answered(request: PersonRequest, *args: Any, **named: Any) -> HttpResponse:
        if request.method != "POST":
            return redirect("account")
        return view(request, *args, **named)

    return require_http_methods(["GET", "HEAD", "POST"])(answered)


@require_safe
def account(request: PersonRequest) -> HttpResponse:
    return page(request)


@section
def name(request: PersonRequest) -> HttpResponse:
    form = NameForm(request.POST, instance=request.user)
    if not form.is_valid():
        return page(request, name_form=form)
    request.user.save(update_fields=["name"])
    return saved("name")


@section
def time_zone(request: PersonRequest) -> HttpResponse:
    form = TimeZoneForm(_browser_zone(request), request.POST, instance=request.user)
    if not form.is_valid():
        return page(request, time_zone_form=form)
    form.save()
    return saved("time-zone")


@section
def personal_instructions(request: PersonRequest) -> HttpResponse:
    own = PersonalInstructions.objects.of(request.user)
    form = InstructionsForm(request.POST, instance=own)
    if not form.is_valid():
        return page(request, instructions_form=form)
    PersonalInstructions.objects.update_or_create(person=request.user, defaults=form.cleaned_data)
    return saved("instructions")


def saved(anchor: str, note: str = "saved") -> HttpResponse:
    """Lead back to a section, where a note confirms what was done."""
    return see_other(f"{reverse('account')}?at={anchor}&note={note}#{anchor}")


def page(request: PersonRequest, **refused: Any) -> HttpResponse:
    """Render the page; `refused` has the form that was refused, as it was typed."""
    person = request.user
    forms = {
        "name_form": NameForm(instance=person),
        "email_form": EmailForm(person),
        "time_zone_form": TimeZoneForm(_browser_zone(request), instance=person),
        "instructions_form": InstructionsForm(instance=PersonalInstructions.objects.of(person)),
    }
    context = {
        **forms,
        **refused,
        "has_email": bool(settings.EMAIL_URL),
        "sessions": active_sessions(person, request.session.session_key or ""),
        "max_characters": MAX_CHARACTERS,
        "anchor": request.GET.get("at", ""),
        "note": request.GET.get("note", ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    with timezone.override(zone_of(request)):
        return render(request, "accounts/my_account.html", context, status=status)


def _browser_zone(request: PersonRequest) -> str:
    return getattr(browser_zone(request), "key", "UTC")
