"""Store prompts within their limits, which hold for each person and for the site."""

from django.db import models, transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.prompts.models import SavedPrompt

MAX_PROMPTS = 500
MAX_TOTAL = 1_000_000  # characters of all texts together


class NameTaken(Exception):
    """There is another prompt with this name."""


class PromptsFull(Exception):
    """There are as many prompts as may be."""


class TextsFull(Exception):
    """The texts together would be too long."""


def save(prompt: SavedPrompt) -> None:
    """Store a new or changed prompt. Raises NameTaken, PromptsFull and TextsFull."""
    with transaction.atomic():
        lock(prompt.owner)
        others = SavedPrompt.objects.of(prompt.owner).exclude(pk=prompt.pk)
        if others.filter(name=prompt.name).exists():
            raise NameTaken
        if prompt._state.adding and others.count() >= MAX_PROMPTS:
            raise PromptsFull
        if total_length(others) + len(prompt.text) > MAX_TOTAL:
            raise TextsFull
        prompt.updated_at = timezone.now()
        prompt.save()


def lock(owner: Person | None) -> None:
    """Let one request at a time write the prompts of a person or of the site."""
    people = Person.objects.select_for_update(no_key=True)
    whose = people.filter(pk=owner.pk) if owner else people.filter(is_owner=True)
    list(whose.values_list("pk"))


def total_length(prompts: models.QuerySet[SavedPrompt]) -> int:
    return int(prompts.aggregate(total=Sum(Length("text")))["total"] or 0)
