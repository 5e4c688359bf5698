"""What the assistant should know about a person, and how it should answer."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

MAX_CHARACTERS = 3_000  # of each text

# What a model reads before them.
ABOUT = "What the person says about themselves:"
ANSWER_STYLE = "How the person wants you to answer:"


class PersonalInstructionsManager(models.Manager["PersonalInstructions"]):
    def of(self, person: "Person") -> "PersonalInstructions":
        """Return a person's instructions, which may be empty and not saved yet."""
        return self.filter(person=person).first() or PersonalInstructions(person=person)


class PersonalInstructions(models.Model):
    """A table of its own: every request loads its person, and only prompts need these texts."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="instructions",
    )
    about = models.TextField(blank=True)
    answer_style = models.TextField(blank=True)

    objects: ClassVar[PersonalInstructionsManager] = PersonalInstructionsManager()

    def __str__(self) -> str:
        return str(self.person_id)

    @property
    def text(self) -> str:
        """Return what a model is sent of them; empty if nothing is written."""
        parts = ((ABOUT, self.about.strip()), (ANSWER_STYLE, self.answer_style.strip()))
        return "\n\n".join(f"{heading}\n{text}" for heading, text in parts if text)
