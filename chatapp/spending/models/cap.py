"""Caps: the most that may be spent in a day or a month."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.roles import Role
from chatapp.spending.models.model_call import MICRO_DOLLARS
from chatapp.spending.periods import Period

MAX_AMOUNT = 1_000_000 * MICRO_DOLLARS  # a million dollars


class Cap(models.Model):
    """The most that one person, each person of a role, or the whole instance may spend.

    Of a person there may be two: the one that owner and admins set, and a lower one of their own.
    """

    class Kind(models.TextChoices):
        INSTANCE = "instance", _("This site")
        ROLE = "role", _("Each person with a role")
        PERSON = "person", _("One person")
        OWN = "own", _("Yourself")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    period = models.CharField(max_length=10, choices=Period.choices)
    amount = models.PositiveBigIntegerField(  # micro-dollars
        validators=[MaxValueValidator(MAX_AMOUNT)]
    )
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "role", "period"],
                condition=Q(person=None),
                name="one_cap_per_role",
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "period"],
                condition=Q(person__isnull=False),
                name="one_cap_per_person",
            ),
            models.CheckConstraint(condition=Q(role="") | Q(person=None), name="cap_has_one_scope"),
            models.CheckConstraint(
                condition=Q(amount__lte=MAX_AMOUNT), name="cap_within_a_million"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.kind} {self.role or self.person_id or ''} a {self.period}"
