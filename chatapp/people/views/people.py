"""/people/: everybody with an account, and a page for each of them. For the owner and admins."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chatapp.accounts import password_links
from chatapp.accounts.models import LinkRequest, Person
from chatapp.accounts.permissions import Permission, manages, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.roles import Role
from chatapp.accounts.time_zones import zone_of
from chatapp.audit.models import Action, Entry
from chatapp.conversations.models.model_choice import models_for
from chatapp.people.invitation_forms import InvitationForm
from chatapp.people.listing import people_page, rows_of
from chatapp.people.models import Invitation
from chatapp.people.views.answers import managed_person
from chatapp.server.request_values import whole_number

MAX_QUERY = 100  # characters


@requires(Permission.MANAGE_PEOPLE)
@require_safe
def people(request: PersonRequest) -> HttpResponse:
    return page(request)


def page(request: PersonRequest, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    """Render the list, with a form that was refused or a link that was made, if any."""
    actor = request.user
    query = " ".join(request.GET.get("q", "")[:MAX_QUERY].split())
    context = {
        "query": query,
        "page": people_page(query, whole_number(request.GET.get("page", "")) or 1),
        "invitations": [each for each in Invitation.objects.managed_by(actor) if each.works],
        "form": InvitationForm(actor),
        "waiting": _waiting(actor),
        **context,
    }
    with timezone.override(zone_of(request)):
        return render(request, "people/page.html", context, status=status)


@requires(Permission.MANAGE_PEOPLE)
@require_safe
def person(request: PersonRequest, person_id: UUID) -> HttpResponse:
    return person_page(request, get_object_or_404(Person, pk=person_id))


def person_page(
    request: PersonRequest, shown: Person, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    """Render the page of one person, with what an action on it has led to."""
    [row] = rows_of([shown])
    context = {"row": row, "person": shown, **context}
    context |= {
        "is_managed": manages(request.user, shown),
        "allowed_models": _allowed_models(shown),
    }
    with timezone.override(zone_of(request)):
        return render(request, "people/person.html", context, status=status)


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Make a link with which a person chooses a new password, and show it once.

    Nobody gets one for an account above their own: whoever opens the link has the account.
    """
    shown = managed_person(request.user, person_id)
    if not shown.is_active:
        raise Http404
    if request.method != "POST":
        return redirect("person", shown.pk)
    with transaction.atomic():
        link = request.build_absolute_uri(password_links.password_link(shown))
        Entry.objects.record(
            Action.PASSWORD_LINK_MADE, request.user, subject=shown.email, request=request
        )
    return person_page(request, shown, link=link)


def _allowed_models(shown: Person) -> list[str]:
    """Return the labels of the models that a guest may use."""
    return [each.label for each in models_for(shown).values()] if shown.role == Role.GUEST else []


def _waiting(actor: Person) -> list[LinkRequest]:
    """Return who asked for a link to choose a new password, and may get one from this person."""
    return list(LinkRequest.objects.open_for(actor))
