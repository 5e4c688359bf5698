"""Tool calls of a reply: each is a row, so that none is lost and none that has ended runs again."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from chatapp.conversations.models import tool_call_display
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import RUNNING, Progress, Status, TokenUsage, values_of
from chatapp.conversations.models.tool_call_image import ToolCallImage
from chatapp.tools.results import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.images.shown_image import ShownImage

MAX_ROUNDS = 8  # of tool calls for one reply


class State(models.TextChoices):
    AWAITING_APPROVAL = "awaiting_approval"
    READY = "ready"  # may run
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # with an error, which the model gets
    DENIED = "denied"
    UNKNOWN = "unknown"  # its process died: it may have acted, and the person decides


# What the model gets for calls without a result.
DENIAL = '{"error":"The person did not allow this call."}'
UNREPEATED = '{"error":"This call may have been carried out. The person did not repeat it."}'
INTERRUPTED = '{"error":"This call was interrupted before it ended."}'
UNDECIDED = (State.AWAITING_APPROVAL, State.UNKNOWN)
PENDING = (State.READY, State.RUNNING)
SHOWN_INTERRUPTED = "interrupted"  # the reply ended first; shown, never stored


class ToolRequest(NamedTuple):
    """A call as the model made it.

    `summary` is the line that is shown until there is a result. A call with an `error` doesn't run.
    """

    call_id: str
    name: str
    arguments: str
    needs_approval: bool
    summary: str
    error: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        values = self._asdict()
        needs_approval = values.pop("needs_approval")
        if self.error:
            return values | {"state": State.FAILED, "content": to_json({"error": self.error})}
        return values | {"state": State.AWAITING_APPROVAL if needs_approval else State.READY}


class ToolResult(NamedTuple):
    """The end of a call: `content` is for the model, the rest for the person.

    `summary` is the line that is shown, `note` the reason why images are missing.
    """

    content: str
    summary: str
    seconds: float
    error: str = ""
    note: str = ""
    images: "tuple[ShownImage, ...]" = ()

    @property
    def columns(self) -> dict[str, Any]:
        values = self._asdict()
        del values["images"]
        return values | {"state": State.FAILED if self.error else State.DONE}


class ToolCallManager(models.Manager["ToolCall"]):
    def with_images(self) -> "models.QuerySet[ToolCall]":
        """Return calls as they are shown; costs one more query where there are any."""
        images = ToolCallImage.objects.select_related("image")
        return self.prefetch_related(models.Prefetch("images", images))

    def begin_round(
        self,
        reply: Message,
        progress: Progress,
        token_usage: TokenUsage,
        calls: "Sequence[ToolRequest]",
    ) -> bool:
        """Store the calls that the model made, with its text so far and the tokens used for it, so
        that nothing is asked again after a crash.

        False, with nothing written, when this attempt was overtaken or is to stop.
        """
        last = self.filter(reply=reply).aggregate(last=models.Max("round"))["last"]
        number = 0 if last is None else last + 1
        tool_calls = [
            ToolCall(
                reply=reply,
                round=number,
                index=index,
                text_length=len(progress.text),
                **call.columns,
            )
            for index, call in enumerate(calls)
        ]
        values = (
            values_of(progress) | values_of(token_usage) | {"first_token_at": reply.first_token_at}
        )
        with transaction.atomic(savepoint=False):
            if not _still_made(reply).update(**values):
                return False
            self.bulk_create(tool_calls)
        return True

    def start(self, reply: Message, tool_calls: "Sequence[ToolCall]") -> bool:
        """Mark calls as running before they act, because after a crash nobody knows whether they
        did."""
        with transaction.atomic():
            if not _still_made(reply).select_for_update().exists():
                return False
            mine = self.filter(pk__in=[tool_call.pk for tool_call in tool_calls], state=State.READY)
            mine.update(state=State.RUNNING)
        return True

    def finish(self, tool_call: "ToolCall", result: ToolResult) -> bool:
        """Store the result of a call and its images, once.

        False for a call that has ended or that a later attempt at the reply has taken over.
        """
        attempt = Message.objects.filter(pk=tool_call.reply_id, attempt=tool_call.reply.attempt)
        with transaction.atomic():
            if not attempt.select_for_update().exists():
                return False
            if not self.filter(pk=tool_call.pk, state=State.RUNNING).update(**result.columns):
                return False
            ToolCallImage.objects.bulk_create(ToolCallImage.row(tool_call, result.images))
        return True

    def recover(self, reply: Message, read_only: "set[str]") -> None:
        """Decide about calls that ran when their process died: tools that only read run again,
        the outcome of any other is unknown."""
        running = self.filter(reply=reply, state=State.RUNNING)
        running.filter(name__in=read_only).update(state=State.READY)
        running.exclude(name__in=read_only).update(state=State.UNKNOWN)

    def decide(self, tool_call: "ToolCall", state: State) -> bool:
        """Store the person's decision about a call; False when it no longer awaits one."""
        values: dict[str, Any] = {"state": state}
        if (tool_call.state, state) == (State.UNKNOWN, State.DENIED):
            sentence = _("It may have run. It was not run again.")
            values |= {"content": UNREPEATED, "error": sentence}
        return bool(self.filter(pk=tool_call.pk, state__in=UNDECIDED).update(**values))


class ToolCall(models.Model):
    """One call by a model.

    Calls of one `round` were made together, after `text_length` characters of the reply's text;
    the model continues when all of them have ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reply = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tool_calls")
    round = models.PositiveSmallIntegerField()
    index = models.PositiveSmallIntegerField()
    text_length = models.PositiveIntegerField()

    call_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    arguments = models.TextField()

    state = models.CharField(max_length=20, choices=State.choices)
    content = models.TextField(blank=True, default="", db_default="")
    summary = models.CharField(max_length=300, blank=True, default="", db_default="")
    error = models.TextField(blank=True, default="", db_default="")
    note = models.TextField(blank=True, default="", db_default="")
    seconds = models.FloatField(null=True)

    known_images: "list[ToolCallImage] | None" = None  # set on an instance whose images are loaded

    objects: ClassVar[ToolCallManager] = ToolCallManager()

    class Meta:
        ordering: ClassVar = ["reply", "round", "index"]
        constraints = [
            models.UniqueConstraint(
                fields=["reply", "round", "index"], name="one_tool_call_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.reply_id}: {self.state}"

    def end(self, result: ToolResult) -> None:
        """Copy the stored result to this object."""
        for name, value in result.columns.items():
            setattr(self, name, value)
        self.__dict__.pop("content_excerpt", None)
        self.known_images = ToolCallImage.row(self, result.images)

    shown_line = property(tool_call_display.shown_line)
    caution = property(tool_call_display.caution)
    shown_arguments = property(tool_call_display.shown_arguments)
    shown_content = property(tool_call_display.shown_content)
    arguments_excerpt = cached_property(tool_call_display.arguments_excerpt)
    content_excerpt = cached_property(tool_call_display.content_excerpt)
    is_long = property(tool_call_display.is_long)

    @property
    def shown_images(self) -> list[ToolCallImage]:
        return list(self.images.all()) if self.known_images is None else self.known_images

    @property
    def shown_state(self) -> str:
        is_over = self.reply.status not in (*RUNNING, Status.WAITING)
        return SHOWN_INTERRUPTED if is_over and self.state in PENDING else self.state

    @property
    def result(self) -> str:
        """Return what the model gets: the text of a JSON object, whatever happened to the call."""
        return self.content or (DENIAL if self.state == State.DENIED else INTERRUPTED)

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def is_pending(self) -> bool:
        """Whether it runs, or will run without an approval."""
        return self.state in PENDING


def _still_made(reply: Message) -> "models.QuerySet[Message]":
    """Return the row of a reply while this attempt is the last one and nobody stops it."""
    return Message.objects.filter(
        pk=reply.pk, attempt=reply.attempt, status__in=RUNNING, stop_requested_at=None
    )
