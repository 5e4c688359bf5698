"""Saved prompts are part of everything that a person exports, and come in once."""

import pytest

from chatapp.accounts.models import Person
from chatapp.prompts.models import SavedPrompt
from tests.prompts.kit import own_names, saved
from tests.transfer.importing.kit import imported
from tests.transfer.kit import content, made_export, opened, read_json

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]


def test_ones_own_prompts_are_exported_and_come_in_once(owner: Person, member: Person) -> None:
    saved(owner, "summary", "Sum up {{topic}}.")
    saved(owner, "plan")
    saved(None, "of-the-site")
    archive = made_export(owner)
    written = read_json(opened(archive), "account.json")["prompts"]
    assert [each["name"] for each in written] == ["plan", "summary"]
    exported = content(archive)

    assert imported(member, exported).report["prompts"] == 2
    assert own_names(member) == ["plan", "summary"]
    assert imported(member, exported).report["skipped"]["prompts"] == 2
    assert own_names(member) == ["plan", "summary"]


def test_a_broken_prompt_is_left_out(owner: Person) -> None:
    prompts = [{"name": 1, "text": "x"}, {"name": "a", "text": ""}, {"name": "b", "text": "y"}]

    report = imported(owner, {"format": "chat-export", "version": 1, "prompts": prompts}).report

    assert (report["prompts"], report["skipped"]["prompts"]) == (1, 1)
    assert SavedPrompt.objects.get().text == "y"
