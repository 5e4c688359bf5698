"""What the views of this package share: finding a person, and leading back to their page."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import manages
from chatapp.server.redirects import see_other


def managed_person(actor: Person, person_id: UUID) -> Person:
    """Return somebody whom the actor may change. Raises Http404 for everybody else."""
    person = get_object_or_404(Person, pk=person_id)
    if not manages(actor, person):
        raise Http404
    return person


def back_to(person: Person, note: str) -> HttpResponse:
    """Lead back to the page of the person, where the note confirms what was done."""
    return see_other(f"{reverse('person', args=[person.pk])}?{urlencode({'note': note})}")
