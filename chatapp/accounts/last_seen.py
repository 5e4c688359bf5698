"""Note when a person was last here, in few writes."""

import logging
from datetime import timedelta

import django.db
from django.db.models import Q
from django.utils import timezone

from chatapp.accounts.models import Person

NOTED_EVERY = timedelta(minutes=5)

logger = logging.getLogger(__name__)


def note_seen(person: Person) -> None:
    """Store that a person is here, unless that was stored in the last five minutes.

    The person's row, which every request has read, mostly answers that without a query. Of several
    requests at once one writes.
    """
    now = timezone.now()
    before = now - NOTED_EVERY
    if person.last_seen_at is not None and person.last_seen_at > before:
        return
    stale = Q(last_seen_at=None) | Q(last_seen_at__lte=before)
    try:
        Person.objects.filter(stale, pk=person.pk).update(last_seen_at=now)
    except django.db.Error as error:
        # A full database takes no note; the page can be shown all the same.
        logger.warning("A visit wasn't noted: %s", type(error).__name__)
    else:
        person.last_seen_at = now
