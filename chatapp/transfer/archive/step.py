"""One step of an export: what it may use, and the walk through a person's conversations."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.jobs.models import Job
from chatapp.transfer.archive.writer import ArchiveWriter
from chatapp.transfer.reading import START, Place

STEP_SECONDS = 0.5
STEP_BYTES = 16 * 1024**2  # read in one step, before anything is compressed
IDS_AT_ONCE = 50

# Takes a conversation and where to continue in it; writes some of it and returns where it stopped,
# or None at its end.
type Piece = Callable[[Conversation, Place], Place | None]


class Step:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.cursor: dict[str, Any] = job.cursor
        self.person: Person = job.owner
        self.only: list[str] = job.cursor.get("only", [])  # ids; empty for everything
        self.writer = ArchiveWriter(job)
        self._until = time.monotonic() + STEP_SECONDS
        self._next: list[UUID] = []

    @property
    def is_full(self) -> bool:
        return self.writer.written >= STEP_BYTES or time.monotonic() > self._until

    @property
    def conversations(self) -> Any:
        """Return what is exported; a conversation that began later isn't part of it."""
        present = Conversation.objects.of(self.person)
        if self.only:
            present = present.filter(pk__in=self.only)
        return present.filter(created_at__lte=self.job.created_at)

    def walk(
        self,
        begin: Callable[[Conversation], object],
        piece: Piece,
        end: Callable[[], object],
    ) -> bool:
        """Write conversation after conversation, as the cursor says; return whether that was all.

        One that is deleted meanwhile ends where it is, so that its file is complete.
        """
        cursor = self.cursor
        while not self.is_full:
            if not cursor.get("current"):
                conversation = self._following()
                if conversation is None:
                    return True
                begin(conversation)
                cursor |= {"current": str(conversation.pk), "place": list(START)}
            else:
                conversation = Conversation.objects.filter(pk=cursor["current"]).first()
            place = self._pieces(conversation, piece) if conversation else None
            if place is None:
                end()
                cursor |= {"after": cursor["current"], "current": None}
                self.job.done += 1
            else:
                cursor["place"] = list(place)
        return False

    def _pieces(self, conversation: Conversation, piece: Piece) -> Place | None:
        """Write until the end of the conversation, or of this step."""
        place = piece(conversation, Place(*self.cursor["place"]))
        while place and not self.is_full:
            place = piece(conversation, place)
        return place

    def _following(self) -> Conversation | None:
        """Return the next conversation by id, in which a new one doesn't move the others."""
        if not self._next:
            rest = self.conversations.order_by("pk")
            if after := self.cursor.get("after"):
                rest = rest.filter(pk__gt=after)
            self._next = list(rest.values_list("pk", flat=True)[:IDS_AT_ONCE])
        while self._next:
            if found := self.conversations.filter(pk=self._next.pop(0)).first():
                row: Conversation = found
                return row
        return None
