"""The sessions in which a person is signed in: list them, and end them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from chatapp.accounts.ended_sessions import valid_sessions
from chatapp.accounts.models import Person, SignIn
from chatapp.accounts.my_account.devices import device_name
from chatapp.realtime import protocol

OVERLAP = timedelta(days=1)  # in which the older release may still have been running


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """A session as its person sees it."""

    id: UUID
    device: str
    address: str
    signed_in_at: datetime | None
    last_used_at: datetime
    is_this_one: bool


def active_sessions(person: Person, own_key: str) -> list[ActiveSession]:
    """Return a person's valid sessions: the one that asks first, then the last used."""
    _record_old_ones(person)
    rows = list(SignIn.objects.filter(person=person).order_by("-last_used_at"))
    valid = valid_sessions([row.session_key for row in rows])
    shown = [_shown(row, own_key) for row in rows if row.session_key in valid]
    return sorted(shown, key=lambda each: not each.is_this_one)


def end(person: Person, sign_in: UUID) -> bool:
    """End one session of a person; return False for one that isn't theirs or has ended."""
    row = SignIn.objects.filter(person=person, pk=sign_in).first()
    return bool(row and _end([row.session_key]))


def end_others(person: Person, own_key: str) -> int:
    """End all sessions of a person but one, and return how many there were."""
    _record_old_ones(person)
    rows = SignIn.objects.filter(person=person).exclude(session_key=own_key)
    return _end(list(rows.values_list("session_key", flat=True)))


def _end(keys: list[str]) -> int:
    """Delete sessions. Every request looks its own up, so they end at once in every process."""
    with transaction.atomic():
        count, _by_model = Session.objects.filter(session_key__in=keys).delete()
        SignIn.objects.filter(session_key__in=keys).delete()
    for key in keys:
        protocol.close_sockets(protocol.session_group(key))
    return count


def _record_old_ones(person: Person) -> None:
    """Record sessions that an older release began: only their data tells whose they are.

    Later sessions without a row are those of strangers, of whom there may be any number.
    """
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    first = SignIn.objects.aggregate(at=Min("signed_in_at"))["at"] or timezone.now()
    old = Session.objects.filter(
        expire_date__gt=timezone.now(), expire_date__lt=first + age + OVERLAP
    )
    unknown = old.exclude(session_key__in=SignIn.objects.values("session_key"))
    own = [row for row in unknown if row.get_decoded().get(SESSION_KEY) == str(person.pk)]
    SignIn.objects.bulk_create(
        [
            # Its data was last written when its time began.
            SignIn(person=person, session_key=row.session_key, last_used_at=row.expire_date - age)
            for row in own
        ],
        ignore_conflicts=True,
    )


def _shown(row: SignIn, own_key: str) -> ActiveSession:
    return ActiveSession(
        id=row.pk,
        device=device_name(row.user_agent),
        address=row.address,
        signed_in_at=row.signed_in_at,
        last_used_at=row.last_used_at,
        is_this_one=row.session_key == own_key,
    )
