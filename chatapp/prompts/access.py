"""Who may use a prompt, and who may change it. Any other one is not found."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.prompts.models import SavedPrompt, SavedPromptQuerySet


def visible_prompt(person: Person, prompt_id: UUID) -> SavedPrompt:
    """Return a prompt of the person or of the site."""
    return get_object_or_404(SavedPrompt.objects.visible_to(person), pk=prompt_id)


def writable_prompt(person: Person, prompt_id: UUID) -> SavedPrompt:
    return get_object_or_404(writable(person), pk=prompt_id)


def writable(person: Person) -> SavedPromptQuerySet:
    """Return the prompts that the person may change and delete."""
    writes_all = allows(person, Permission.WRITE_SITE_PROMPTS)
    found: SavedPromptQuerySet = SavedPrompt.objects.all()
    return found.visible_to(person) if writes_all else found.of(person)
