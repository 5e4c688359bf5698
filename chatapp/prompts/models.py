"""Saved prompts: texts that people put into the message box by a short name."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from chatapp.prompts import names
from chatapp.prompts.variables import ParsedText, parse

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

MAX_DESCRIPTION = 200  # characters
MAX_TEXT = 20_000  # characters


class SavedPromptQuerySet(models.QuerySet["SavedPrompt"]):
    def of(self, owner: "Person | None") -> Self:
        """Return a person's own prompts or, for None, those of the site."""
        return self.filter(owner=owner)

    def visible_to(self, person: "Person") -> Self:
        return self.filter(Q(owner=person) | Q(owner=None))

    def in_order(self) -> Self:
        """Order by name; of two with the same name, one's own comes before the site's."""
        return self.order_by("name", F("owner").asc(nulls_last=True))


class SavedPrompt(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None for the prompts of the site.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="prompts", null=True
    )
    name = models.CharField(max_length=names.MAX_LENGTH)
    description = models.CharField(max_length=MAX_DESCRIPTION, blank=True)
    text = models.TextField()
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = SavedPromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(owner__isnull=False),
                name="prompt_name_of_person",
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(owner__isnull=True), name="prompt_name_of_site"
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.name}"

    @property
    def is_of_site(self) -> bool:
        return self.owner_id is None

    @property
    def parsed(self) -> ParsedText:
        return parse(self.text)
