"""What a model asked tools to do for a reply: each call a row, so that none is lost, and none that
has ended runs again."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import models, transaction
from django.utils.translation import gettext as _

from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import RUNNING, Progress, Spent, Status, values_of
from chatapp.conversations.models.step_display import StepDisplay
from chatapp.conversations.models.step_picture import StepPicture
from chatapp.tools.results import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.images.models import Image

MOST_ROUNDS = 8  # of calls for one reply


class State(models.TextChoices):
    ASKING = "asking"  # waits for the person to allow it
    READY = "ready"  # may run
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # it came to an error, which the model is told
    DENIED = "denied"
    UNKNOWN = "unknown"  # whoever ran it died: it may have acted, and the person decides


# What the model is told of calls without a result.
DENIAL = '{"error":"The person did not allow this call."}'
UNREPEATED = '{"error":"This call may have been carried out. The person did not repeat it."}'
BROKEN_OFF = '{"error":"This call was broken off before it came to an end."}'
UNDECIDED = (State.ASKING, State.UNKNOWN)
UNENDED = (State.READY, State.RUNNING)
BROKEN = "broken"  # shown of a call that its reply ended without; no row says so


class ToolRequest(NamedTuple):
    """A call as the model made it, whether it may run at once, and the line that is shown until
    something came of it. One with an `error` does not run at all."""

    call_id: str
    name: str
    arguments: str
    is_free: bool
    line: str
    error: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        values = self._asdict()
        if values.pop("is_free"):
            return values | {"state": State.READY}
        if self.error:
            return values | {"state": State.FAILED, "content": to_json({"error": self.error})}
        return values | {"state": State.ASKING}


class Came(NamedTuple):
    """What came of a call: `content` for the model, the rest for the person. `note` says why
    pictures are missing."""

    content: str
    line: str
    seconds: float
    error: str = ""
    note: str = ""
    pictures: "tuple[Image, ...]" = ()

    @property
    def columns(self) -> dict[str, Any]:
        values = self._asdict()
        del values["pictures"]
        return values | {"state": State.FAILED if self.error else State.DONE}


class StepManager(models.Manager["Step"]):
    def with_pictures(self) -> "models.QuerySet[Step]":
        """As they are shown: one query more, where there are any."""
        pictures = StepPicture.objects.select_related("image")
        return self.prefetch_related(models.Prefetch("pictures", pictures))

    def begin_round(
        self, reply: Message, progress: Progress, spent: Spent, calls: "Sequence[ToolRequest]"
    ) -> bool:
        """Writes what the model asked for, and with it all that it said before and what that cost:
        whoever goes on after a death asks for none of it again. False when the attempt was
        overtaken or is to stop, and nothing was written."""
        last = self.filter(reply=reply).aggregate(last=models.Max("round"))["last"]
        number = 0 if last is None else last + 1
        steps = [
            Step(
                reply=reply,
                round=number,
                index=index,
                text_length=len(progress.text),
                **call.columns,
            )
            for index, call in enumerate(calls)
        ]
        values = values_of(progress) | values_of(spent) | {"first_token_at": reply.first_token_at}
        with transaction.atomic():
            if not _still_made(reply).update(**values):
                return False
            self.bulk_create(steps)
        return True

    def start(self, reply: Message, steps: "Sequence[Step]") -> bool:
        """Before any of them acts: whoever goes on after a death must know that they may have."""
        with transaction.atomic():
            if not _still_made(reply).select_for_update().exists():
                return False
            mine = self.filter(pk__in=[step.pk for step in steps], state=State.READY)
            mine.update(state=State.RUNNING)
        return True

    def finish(self, step: "Step", came: Came) -> bool:
        """Writes what came of a call and its pictures, once: what has ended stays as it is, and so
        does a call that a later attempt at the reply has taken up."""
        attempt = Message.objects.filter(pk=step.reply_id, attempt=step.reply.attempt)
        with transaction.atomic():
            if not attempt.select_for_update().exists():
                return False
            if not self.filter(pk=step.pk, state=State.RUNNING).update(**came.columns):
                return False
            StepPicture.objects.bulk_create(StepPicture.row(step, came.pictures))
        return True

    def recover(self, reply: Message, free: "set[str]") -> None:
        """What ran when its process died: reading runs anew, for anything else nobody knows."""
        running = self.filter(reply=reply, state=State.RUNNING)
        running.filter(name__in=free).update(state=State.READY)
        running.exclude(name__in=free).update(state=State.UNKNOWN)

    def decide(self, step: "Step", state: State) -> bool:
        """The person's word about a call that waits for it; False when it no longer does."""
        values: dict[str, Any] = {"state": state}
        if (step.state, state) == (State.UNKNOWN, State.DENIED):
            sentence = _("It may have happened. It was not run again.")
            values |= {"content": UNREPEATED, "error": sentence}
        return bool(self.filter(pk=step.pk, state__in=UNDECIDED).update(**values))


class Step(StepDisplay, models.Model):
    """One call. Calls of one `round` were made together, after `text_length` characters of the
    reply's text, and the model goes on when all of them have ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reply = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField()
    index = models.PositiveSmallIntegerField()
    text_length = models.PositiveIntegerField()

    call_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    arguments = models.TextField()

    state = models.CharField(max_length=10, choices=State.choices)
    content = models.TextField(blank=True, default="", db_default="")
    line = models.CharField(max_length=300, blank=True, default="", db_default="")
    error = models.TextField(blank=True, default="", db_default="")
    note = models.TextField(blank=True, default="", db_default="")
    seconds = models.FloatField(null=True)

    known_pictures: "list[StepPicture] | None" = None  # set by whoever has them at hand

    objects: ClassVar[StepManager] = StepManager()

    class Meta:
        ordering: ClassVar = ["reply", "round", "index"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "round", "index"], name="one_step_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.reply_id}: {self.state}"

    def end(self, came: Came) -> None:
        """Shows in this object what the row says."""
        for name, value in came.columns.items():
            setattr(self, name, value)
        self.__dict__.pop("content_excerpt", None)
        self.known_pictures = StepPicture.row(self, came.pictures)

    @property
    def pictures_shown(self) -> list[StepPicture]:
        return list(self.pictures.all()) if self.known_pictures is None else self.known_pictures

    @property
    def shown_state(self) -> str:
        is_over = self.reply.status not in (*RUNNING, Status.WAITING)
        return BROKEN if is_over and self.state in UNENDED else self.state

    @property
    def result(self) -> str:
        """What the model is told: the text of a JSON object, whatever became of the call."""
        return self.content or (DENIAL if self.state == State.DENIED else BROKEN_OFF)

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def is_to_end(self) -> bool:
        """It runs, or will without anybody's word."""
        return self.state in UNENDED


def _still_made(reply: Message) -> "models.QuerySet[Message]":
    """The row of a reply, as long as this attempt at it is the last and nobody stops it."""
    return Message.objects.filter(
        pk=reply.pk, attempt=reply.attempt, status__in=RUNNING, stop_requested_at=None
    )
