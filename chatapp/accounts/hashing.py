"""Check only a few passwords at once: each takes a third of a second of CPU, on purpose.

Otherwise anybody could take all connections of the pool, and the CPU from the replies, by signing
in a hundred times at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chatapp import background

AT_ONCE = 2  # in this process, of browsers that nobody has signed in with before
KNOWN_AT_ONCE = 1  # of the others: strangers never take this one
WAIT_SECONDS = 15  # proxies give up after 30
MAX_WAITING = 50  # of the first kind

_strangers = BoundedSemaphore(AT_ONCE)
_known = BoundedSemaphore(KNOWN_AT_ONCE)
_waiting = BoundedSemaphore(MAX_WAITING)


@contextmanager
def slot(*, is_known: bool) -> Iterator[None]:
    """Wait for a turn, without a database connection. Raises ValidationError after WAIT_SECONDS."""
    background.release_connections()
    slots = _known if is_known else _strangers
    if not (_wait(slots) if is_known else _wait_in_line(slots)):
        raise ValidationError(_("Too many people are signing in. Wait a minute and try again."))
    try:
        yield
    finally:
        slots.release()


def _wait_in_line(slots: BoundedSemaphore) -> bool:
    if not _waiting.acquire(blocking=False):
        return False
    try:
        return _wait(slots)
    finally:
        _waiting.release()


def _wait(slots: BoundedSemaphore) -> bool:
    return slots.acquire(timeout=WAIT_SECONDS)
