"""Limits and names hold when several tabs save at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from chatapp.accounts.models import Person
from chatapp.prompts import saving
from chatapp.prompts.models import SavedPrompt
from tests.prompts.kit import own_names

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (saving.NameTaken, saving.PromptsFull)


def try_to_save(prompt: SavedPrompt) -> bool:
    try:
        saving.save(prompt)
    except REFUSED:
        return False
    finally:
        connection.close()
    return True


@pytest.mark.parametrize("is_of_site", [False, True])
@pytest.mark.parametrize("names", [["same"] * 6, [f"name-{number}" for number in range(6)]])
def test_of_those_that_save_at_once_as_many_succeed_as_there_is_room_for(
    owner: Person, monkeypatch: pytest.MonkeyPatch, names: list[str], is_of_site: bool
) -> None:
    monkeypatch.setattr(saving, "MAX_PROMPTS", 4)
    whose = None if is_of_site else owner
    prompts = [SavedPrompt(owner=whose, name=name, text="x") for name in names]

    with ThreadPoolExecutor(len(prompts)) as threads:
        results = list(threads.map(try_to_save, prompts))

    assert results.count(True) == len(own_names(whose)) == min(4, len(set(names)))
