"""What the views of this package share: finding a person, and leading back to their page."""

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import manages


def managed_person(actor: Person, person_id: UUID) -> Person:
    """Return somebody whom the actor may change. Raises Http404 for everybody else."""
    person = get_object_or_404(Person, pk=person_id)
    if not manages(actor, person):
        raise Http404
    return person


def back_to(person: Person, note: str) -> HttpResponse:
    """Lead back to the page of the person, where the note confirms what was done."""
    response = redirect(f"{reverse('person', args=[person.pk])}?{urlencode({'note': note})}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response
