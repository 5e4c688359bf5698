"""The ledger: one row for each call to the model service, written before the call and settled in
the transaction that ends it."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.server import process_name

MICRO_DOLLARS = 1_000_000  # in a dollar


class Purpose(models.TextChoices):
    REPLY = "reply", _("Reply")
    TOOL_ROUND = "tool_round", _("Tool round")  # a further turn, with results of tool calls
    TITLE = "title", _("Title")
    IMAGE_TEST = "image_test", _("Image test")
    DIAGNOSTICS = "diagnostics", _("Diagnostics")


class State(models.TextChoices):
    RUNNING = "running"  # reserved, not settled yet
    ENDED = "ended"
    LOST = "lost"  # its process died; settled by estimate


class ModelCallQuerySet(models.QuerySet["ModelCall"]):
    def running(self) -> Self:
        return self.filter(state=State.RUNNING)

    def to_sum(self) -> Self:
        """Return the calls that have ended and are in no kept sum."""
        return self.filter(unsummed=1).exclude(state=State.RUNNING)

    def between(self, begin: datetime, end: datetime) -> Self:
        return self.filter(begun_at__gte=begin, begun_at__lt=end)

    def committed(self) -> int:
        """Return what these calls count towards caps: their cost, and what is reserved for those
        that run or have no price. Micro-dollars."""
        total: int | None = self.aggregate(total=Sum(Coalesce("cost", "reserved")))["total"]
        return int(total or 0)


class ModelCall(models.Model):
    """One call to the service: who caused it, what it used, and what that costs.

    Money is in whole micro-dollars. `cost` is None while the call runs and when the model has no
    price; until then `reserved` is the most that it can cost. A call whose process died is settled
    by estimate. Conversation and reply are bare ids: the ledger outlives them.
    """

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    conversation_id = models.UUIDField(null=True)
    reply_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    model_asked = models.CharField(max_length=100)
    model_answered = models.CharField(max_length=100, blank=True)
    # The spelling under which models are added up: both spellings of one model are one.
    model = models.CharField(max_length=100)
    input_tokens = models.PositiveIntegerField(default=0)  # cached ones included
    output_tokens = models.PositiveIntegerField(default=0)  # thinking included
    cached_tokens = models.PositiveIntegerField(default=0)
    thinking_tokens = models.PositiveIntegerField(default=0)
    is_estimated = models.BooleanField(default=False)
    # Of a million tokens, when the call was made; None for a model without a price.
    input_price = models.PositiveBigIntegerField(null=True)
    output_price = models.PositiveBigIntegerField(null=True)
    price_version = models.CharField(max_length=20, blank=True)
    # The most that it can cost, by the dearest price if its model has none. Caps count it until
    # there is a cost.
    reserved = models.PositiveBigIntegerField(default=0)
    cost = models.PositiveBigIntegerField(null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=process_name.MAX_CHARACTERS)  # as leases name it
    # What is known when it begins, to settle it by estimate: the tokens of the request, the most
    # of the answer, and the characters of the reply's text and reasoning before it.
    expected_input = models.PositiveIntegerField(default=0)
    max_output = models.PositiveIntegerField(default=0)
    text_before = models.PositiveIntegerField(default=0)
    reasoning_before = models.PositiveIntegerField(default=0)
    # 1 until the call is in the kept sums, then null: SQLite uses a partial index for an equation.
    unsummed = models.PositiveSmallIntegerField(null=True, default=1, db_default=1)

    objects: ClassVar = ModelCallQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "begun_at"], name="calls_of_person"),
            models.Index(fields=["begun_at"], name="calls_by_time"),
            models.Index(fields=["reply_id"], name="calls_of_reply"),
            models.Index(fields=["begun_at"], condition=Q(state="running"), name="running_calls"),
            models.Index(
                fields=["unsummed"],
                condition=Q(unsummed__isnull=False),
                name="unsummed_calls",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cached_tokens__lte=F("input_tokens"))
                & Q(thinking_tokens__lte=F("output_tokens")),
                name="parts_within_tokens",
            )
        ]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M} {self.purpose} {self.model}"
