"""Sums over calls that have ended. They are kept, so that nobody adds up a month of calls.

A call whose `unsummed` is null is in all of them, and any other call in none. Days and months are
those of one time zone, which `SummedZone` names.
"""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

NO_CHAT = UUID(int=0)  # the conversation of calls that have none: a key can't be null


class CallSums(models.Model):
    """What calls used; `cost` is in micro-dollars, and `unpriced` calls aren't in it."""

    calls = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)
    input_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    estimated = models.PositiveIntegerField(default=0)
    unpriced = models.PositiveIntegerField(default=0)

    ADDED: ClassVar[Iterable[str]] = (
        *("calls", "cost", "input_tokens", "output_tokens", "estimated", "unpriced"),
    )

    objects: ClassVar = models.Manager()

    class Meta:
        abstract = True


class DaySum(CallSums):
    """The calls of a person on one day to one model for one purpose.

    Those of nobody, and of people who are gone, may be in several rows.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,  # the constraint has one
    )
    day = models.DateField()
    model = models.CharField(max_length=100)
    purpose = models.CharField(max_length=20)

    KEY: ClassVar[Iterable[str]] = ("person", "day", "model", "purpose")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day", "model", "purpose"], name="one_sum_of_a_day"
            )
        ]
        indexes = [models.Index(fields=["day"], name="sums_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.purpose} {self.model}: {self.calls}"


class ChatSum(CallSums):
    """The calls of a person for one conversation in one month, or for none (NO_CHAT)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    month = models.DateField()  # its first day
    conversation_id = models.UUIDField()

    KEY: ClassVar[Iterable[str]] = ("person", "month", "conversation_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month", "conversation_id"], name="one_sum_of_a_chat"
            )
        ]
        indexes = [
            models.Index(
                fields=["person", "month", "-cost", "-output_tokens"], name="dearest_chats"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.conversation_id}: {self.calls}"


class SummedZone(models.Model):
    """The time zone of all kept sums, in at most one row."""

    name = models.CharField(max_length=100, primary_key=True)

    objects: ClassVar = models.Manager()

    def __str__(self) -> str:
        return self.name
