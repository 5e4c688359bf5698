"""Look up the session of a request and its person together.

Django makes two queries, and writing their SQL takes most of the time of a short request. Nothing
is believed from memory: sign-out, deactivation and a new password count at once in every process.
What is remembered is only whose session it was, so that one query can ask for both, and for
whether the person must set up two-step sign-in first.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatapp.accounts.models import Person
from chatapp.accounts.two_step.requirement import LACKS_TWO_STEP

MAX_REMEMBERED = 10_000  # sessions in a process, two megabytes
PERSON = Person._meta.db_table
QUERY = (
    f"SELECT {PERSON}.*, session.session_data, {LACKS_TWO_STEP} AS lacks_two_step"  # noqa: S608
    f" FROM {Session._meta.db_table} session JOIN {PERSON} ON {PERSON}.id = %s"
    " WHERE session.session_key = %s AND session.expire_date > %s"
)

_person_ids: dict[str, UUID] = {}  # by the key of the session


def signed_in_person(request: HttpRequest) -> Person | AnonymousUser:
    """Return the person of the request's session, as Django's `get_user` does."""
    key = request.session.session_key
    if not key:
        return AnonymousUser()
    person_id = _person_ids.get(key) or _id_in(request.session)
    found: Any = (person_id and _look_up(request.session, key, person_id)) or get_user(request)
    if found.is_authenticated:
        if len(_person_ids) >= MAX_REMEMBERED:
            _person_ids.clear()
        _person_ids[key] = found.pk
    person: Person | AnonymousUser = found
    return person


def load_person(request: HttpRequest) -> None:
    """Let `request.user` be the person without two queries."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = signed_in_person(request)  # type: ignore[attr-defined]


def _id_in(session: SessionBase) -> UUID | None:
    """Return whose session it is by its own data, which takes a query."""
    try:
        person_id: UUID | None = Person._meta.pk.to_python(session.get(SESSION_KEY))
    except ValidationError:
        return None
    return person_id


def _look_up(session: SessionBase, key: str, person_id: UUID) -> Person | None:
    """Return the person if the row of the session confirms it.

    Whatever doesn't fit is left to Django, which also ends sessions begun with an old password.
    """
    for person in Person.objects.raw(QUERY, _parameters(person_id, key)):
        data = session.decode(person.__dict__.pop("session_data"))
        if _is_session_of(person, data):
            # What `get_user` leaves behind: a loaded session, on which the response depends.
            session._session_cache = data  # type: ignore[attr-defined]
            session.accessed = True
            return person
    return None


def _parameters(person_id: UUID, key: str) -> list[Any]:
    expires = Session._meta.get_field("expire_date")
    return [
        Person._meta.pk.get_db_prep_value(person_id, connection),
        key,
        expires.get_db_prep_value(timezone.now(), connection),
    ]


def _is_session_of(person: Person, data: dict[str, Any]) -> bool:
    return (
        person.is_active
        and data.get(SESSION_KEY) == str(person.pk)
        and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(data.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    )
