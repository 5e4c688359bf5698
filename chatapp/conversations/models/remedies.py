"""What a person can do about a reply that did not end well: try again, go on, leave it out."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.lease import GRACE
from chatapp.conversations.models.progress import Status
from chatapp.conversations.models.reply import Reply

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message

CHANGES_TOLD = 40  # messages that pages are told of; what stands before is loaded later


class Remedies(Reply):
    """Each holds the lock of the conversation, and does nothing for a page that is too old."""

    class Meta:
        abstract = True

    @transaction.atomic
    def retry(self) -> "Message | None":
        """Puts a new empty reply in the place of this one; asked twice, gives the same new one.

        None for a reply that the conversation has gone on from: a new one would take everything
        after it off the screen.
        """
        conversation, last = self._lock_path()
        if last is None or last.parent is None or last.parent_id != self.parent_id:
            return None
        if last.pk != self.pk:
            return last
        if not last.can_retry:
            return None
        self._row.update(on_path=False)
        new = type(last).queued_reply(conversation, last.parent, conversation.chosen)
        new.save()
        last.parent.note_changes(conversation.chosen)
        return new

    @transaction.atomic
    def resume(self) -> bool:
        """Puts a reply that ended too early back into the queue, to go on after its text.

        False when it doesn't end the path, or runs already.
        """
        conversation, last = self._lock_path()
        if last is None or last.pk != self.pk or not last.can_continue:
            return False
        chosen = conversation.chosen
        values = {
            "status": Status.QUEUED,
            "error": "",
            "error_kind": "",
            "finish_reason": "",
            "stop_requested_at": None,
            "leased_by": "",
            "leased_until": timezone.now() + GRACE,
            "takeovers": 0,
            "deaths": 0,
            "first_token_at": None,
            "finished_at": None,
            # What is saved from here on is text; the HTML of the old end would hide it.
            "html": "",
            "html_version": 0,
            "instructions_digest": chosen.instructions_digest,
            # A page must see that this is newer than the end it shows.
            "attempt": last.attempt + 1,
        }
        if last.model not in settings.CATALOG:
            values["model"] = chosen.model
        self._row.update(**values)
        self.refresh_from_db()
        return True

    @transaction.atomic
    def leave_out(self, scope: str) -> "list[Message]":
        """Hides from the model, as `scope` says, this reply and the message that it answers
        ("turn"), or all that stands before both ("earlier"), or shows the two again ("none").

        Gives the newest of the messages that changed, at most CHANGES_TOLD. Only a reply that was
        refused offers the first two, and none is touched that runs or that the conversation no
        longer shows.
        """
        conversation, _last = self._lock_path()
        self.refresh_from_db()
        possible = self.is_refused if scope in ("turn", "earlier") else self.left_out
        if self.is_running or not self.on_path or not possible:
            return []
        wanted = scope != "none"
        path = conversation.path.order_by("-position").exclude(left_out=wanted)
        if scope == "earlier":
            rows = path.filter(position__lt=self.position - 1)
        else:
            rows = path.filter(pk__in=[self.pk, self.parent_id])
        newest = list(rows[:CHANGES_TOLD])
        rows.update(left_out=wanted)
        for message in newest:
            message.conversation, message.left_out = conversation, wanted
        return newest

    def _lock_path(self) -> "tuple[Conversation, Message | None]":
        """The conversation, so that nothing is added meanwhile, and the end of its path."""
        conversation = Conversation.objects.select_for_update().get(pk=self.conversation_id)
        return conversation, conversation.path.select_related("parent").last()
