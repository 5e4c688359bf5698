"""Saved prompts for tests."""

import uuid
from typing import Any

from chatapp.accounts.models import Person
from chatapp.prompts.models import SavedPrompt


def saved(owner: Person | None, name: str = "summary", text: str = "Sum up.") -> SavedPrompt:
    return SavedPrompt.objects.create(owner=owner, name=name, text=text)


def many(owner: Person | None, count: int, text: str = "Sum up.") -> None:
    SavedPrompt.objects.bulk_create(
        SavedPrompt(id=uuid.uuid4(), owner=owner, name=f"prompt-{number}", text=text)
        for number in range(count)
    )


def fields(**changed: Any) -> dict[str, Any]:
    return {"name": "summary", "description": "", "text": "Sum up {{topic}}."} | changed


def own_names(person: Person | None) -> list[str]:
    return list(SavedPrompt.objects.of(person).in_order().values_list("name", flat=True))
