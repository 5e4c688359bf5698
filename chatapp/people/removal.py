"""Remove for good those whose deletion can't be undone any more, with all that is theirs.

Everything goes in small pieces, each a short transaction, so that nobody waits. The rows that are
left are the list of what there is to do, so a crash or a second process at the same work does no
harm. The ledger and the audit log keep their rows, without the person.
"""

import asyncio
import logging
from collections.abc import Callable

import django.db
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from chatapp import background
from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.audit.models import Entry
from chatapp.conversations.models import Conversation, Draft, deletion
from chatapp.documents.models import Document
from chatapp.images import garbage_collection
from chatapp.images.store import StoreUnavailable
from chatapp.jobs.kinds import TryLater, find_kind, kind_names
from chatapp.jobs.models import Job
from chatapp.people import image_heirs
from chatapp.projects.models import Project
from chatapp.spending.models import ChatSum, DaySum, ModelCall
from chatapp.transfer.importing.uploads import remove_slices
from chatapp.transfer.models import Import

INTERVAL_SECONDS = 60 * 60
REST = 10  # times as long as a piece took, so that others have the database most of the time
MAX_REST_SECONDS = 1.0
CONVERSATIONS_AT_ONCE = 50
DRAFTS_AT_ONCE = 20
ROWS_AT_ONCE = 1_000  # of which only one column is written
SESSIONS_AT_ONCE = 500  # decoded in one piece

type Piece = Callable[[Person], bool]  # removes something, and returns whether there was anything

logger = logging.getLogger(__name__)


def start() -> None:
    background.spawn("remove people", _forever())


async def _forever() -> None:
    while True:
        try:
            due = await background.in_spare_thread(_due)
        except django.db.Error as error:
            logger.warning("Deleted people weren't found: %s", type(error).__name__)
            due = []
        for person in due:
            await _attempt(person)
        await asyncio.sleep(INTERVAL_SECONDS)


async def _attempt(person: Person) -> None:
    """Remove a person, or leave what is left to the next run; the others don't wait for that."""
    try:
        await _remove(person)
    except django.db.Error:
        logger.exception("A deleted person could not be removed")
    except (StoreUnavailable, TryLater):
        logger.warning("What is stored of a deleted person can't be removed now")


async def _remove(person: Person) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while await background.in_spare_thread(remove_piece, person):
        await asyncio.sleep(min(REST * (loop.time() - begin), MAX_REST_SECONDS))
        begin = loop.time()
    logger.info("A deleted person was removed", extra={"person": str(person.pk)})


def _due() -> list[Person]:
    return list(membership.removable(timezone.now()))


def remove_piece(person: Person) -> bool:
    """Remove some of what is left of a person, at last their row; return whether there is more.

    Raises StoreUnavailable and TryLater.
    """
    if any(remove(person) for remove in PIECES):
        return True
    person.delete()
    return False


def _jobs(person: Person) -> bool:
    job = Job.objects.filter(owner=person, kind__in=kind_names()).first()
    if job is None:
        return False
    job.cancel()
    find_kind(job.kind).clean_up(job)
    job.delete()
    return True


def _imports(person: Person) -> bool:
    current = Import.objects.filter(owner=person).first()
    if current is None:
        return False
    remove_slices(current.files.all())
    current.delete()
    return True


def _marks(person: Person) -> bool:
    """Mark conversations as deleted: their shares and their rows of the search go with that."""
    present = Conversation.objects.filter(owner=person, deleted_at=None)
    found = list(present[:CONVERSATIONS_AT_ONCE])
    for conversation in found:
        deletion.delete(conversation)
    return bool(found)


def _conversations(person: Person) -> bool:
    conversation = Conversation.objects.filter(owner=person).first()
    if conversation is None:
        return False
    deletion.remove_batch(conversation.pk)
    return True


def _drafts(person: Person) -> bool:
    ids = list(Draft.objects.filter(person=person).values_list("pk", flat=True)[:DRAFTS_AT_ONCE])
    Draft.objects.filter(pk__in=ids).delete()
    return bool(ids)


def _projects(person: Person) -> bool:
    """Remove a project; the conversations that others had in it left when it was deleted."""
    project = Project.objects.filter(owner=person).first()
    if project is None:
        return False
    project.delete()
    return True


def _documents(person: Person) -> bool:
    """Remove the documents: nobody else has them, as copies of shared chats go without."""
    return bool(garbage_collection.collect(timezone.now(), person, Document.objects).count)


def _calls(person: Person) -> bool:
    ids = ModelCall.objects.filter(person=person).values_list("pk", flat=True)[:ROWS_AT_ONCE]
    return bool(ModelCall.objects.filter(pk__in=list(ids)).update(person=None))


def _sums(person: Person) -> bool:
    """Let the sums of days stay for the totals of this site, as the calls do."""
    DaySum.objects.filter(person=person).update(person=None)
    ids = ChatSum.objects.filter(person=person).values_list("pk", flat=True)[:ROWS_AT_ONCE]
    return bool(ChatSum.objects.filter(pk__in=list(ids)).delete()[0])


def _entries(person: Person) -> bool:
    ids = Entry.objects.filter(actor=person).values_list("pk", flat=True)[:ROWS_AT_ONCE]
    return bool(Entry.objects.filter(pk__in=list(ids)).update(actor=None))


def _sessions(person: Person) -> bool:
    """Remove the sessions, which have ended: whose one is, only its content says."""
    after = ""
    while True:
        later = Session.objects.filter(session_key__gt=after).order_by("session_key")
        batch = list(later[:SESSIONS_AT_ONCE])
        if not batch:
            return False
        after = batch[-1].session_key
        theirs = [
            each.session_key
            for each in batch
            if each.get_decoded().get(SESSION_KEY) == str(person.pk)
        ]
        if theirs:
            Session.objects.filter(session_key__in=theirs).delete()
            return True


PIECES: tuple[Piece, ...] = (
    _jobs,
    _imports,
    _marks,
    _conversations,
    _drafts,
    _projects,  # before their files
    image_heirs.remove_or_hand_over,
    _documents,
    _calls,
    _sums,
    _entries,
    _sessions,
)
