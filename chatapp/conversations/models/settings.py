"""How the model is asked: chosen per conversation, with a person's defaults for new ones."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from chatapp.conversations.models.model_choice import (
    default_model,
    default_model_for,
    find_for,
)
from chatapp.server.columns import JSONField

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

__all__ = ["Defaults", "Effort", "ModelSettings", "Variation", "WithModelSettings", "default_model"]

DIGEST_LENGTH = 16  # hex characters


class Effort(models.TextChoices):
    """How much the model may think before it answers."""

    OFF = "", _("Off")
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Variation(models.TextChoices):
    """How a version of a reply is to differ from the usual."""

    SHORTER = "shorter", _("Shorter")
    DETAILED = "detailed", _("More detailed")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The settings that a person can choose.

    `temperature` and `top_p` are 0 to 1 and never both set; `max_tokens` bounds an answer without
    its thinking, None means the model's own limit. `tool_choices` has the switches that the person
    changed; the others follow the settings of this instance.
    """

    model: str
    instructions: str = ""
    thinking: str = Effort.OFF
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    tool_choices: Mapping[str, bool] = field(default_factory=dict)

    @property
    def instructions_digest(self) -> str:
        """Return a digest that tells two system prompts apart; empty for none."""
        text = self.instructions
        return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH] if text else ""


class WithModelSettings(models.Model):
    """The columns of ModelSettings."""

    model = models.CharField(max_length=100)
    instructions = models.TextField(blank=True)
    thinking = models.CharField(max_length=10, choices=Effort.choices, blank=True)
    temperature = models.FloatField(null=True, blank=True)
    top_p = models.FloatField(null=True, blank=True)
    max_tokens = models.PositiveIntegerField(null=True, blank=True)
    tool_choices = JSONField(default=dict, db_default=Value({}, JSONField()))

    class Meta:
        abstract = True

    @property
    def chooser(self) -> "Person":
        """Return the person whose settings they are."""
        raise NotImplementedError

    @property
    def offered_model(self) -> str:
        """Return the chosen model, or what takes its place when the person can't use it any
        more."""
        model = find_for(self.chooser, self.model)
        return model.id if model else default_model_for(self.chooser)

    @property
    def chosen(self) -> ModelSettings:
        values = {one.name: getattr(self, one.name) for one in fields(ModelSettings)}
        return ModelSettings(**values | {"model": self.offered_model})

    def choose(self, wanted: ModelSettings) -> None:
        values = asdict(wanted)
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class DefaultsManager(models.Manager["Defaults"]):
    def of(self, person: "Person") -> ModelSettings:
        """Return the settings that a new conversation of this person starts with."""
        row = self.filter(person=person).first()
        if row is None:
            return ModelSettings(default_model_for(person))
        row.person = person
        return row.chosen

    def store(self, person: "Person", wanted: ModelSettings) -> None:
        self.update_or_create(person=person, defaults=asdict(wanted))


class Defaults(WithModelSettings):
    """The settings that a person asked to remember for new conversations."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )

    objects: ClassVar = DefaultsManager()

    class Meta:
        verbose_name_plural = "defaults"

    def __str__(self) -> str:
        return f"defaults of {self.person_id}"

    @property
    def chooser(self) -> "Person":
        return self.person
