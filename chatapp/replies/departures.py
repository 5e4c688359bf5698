"""Stop what runs for somebody who was deactivated or deleted, in every process."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.signals import access_changed, person_deactivated
from chatapp.conversations.models import Message
from chatapp.replies import generation, live, titles


@receiver(person_deactivated)
def request_stops(person: Person, **_signal: Any) -> None:
    """Store that the person's replies are to stop; whoever makes them looks every second."""
    _request(person.pk)


@receiver(access_changed)
def stop_here(person_id: UUID, is_active: bool, **_signal: Any) -> None:
    """End what this process does for the person.

    A request that was let in before may have begun a reply after the stops were stored. So they
    are stored again, as long as the change is new.
    """
    if is_active:
        return
    titles.cancel_of(person_id)
    background.spawn(f"stops of:{person_id}", background.in_thread(_request, person_id))
    for reply in live.all_here():
        if reply.person_id == person_id:
            generation.stop_here(reply.reply.pk)


def _request(person_id: UUID) -> None:
    running = Message.objects.running().filter(conversation__owner=person_id)
    running.filter(stop_requested_at=None).update(stop_requested_at=timezone.now())
