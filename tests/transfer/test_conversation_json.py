"""One conversation as JSON: everything that is needed to make it again."""

import base64
import json
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.transfer import reading
from tests.transfer.kit import HOSTILE, PIXEL, body, rich_conversation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]

# Of a conversation's rows, what is never exported: who owns it, and how a reply is being made.
OMITTED = {
    Conversation: {"owner", "trashed_at", "deleted_at", "is_unread", "former_project"},
    Message: {
        *("conversation", "author", "html", "html_version", "attempt", "leased_by", "leased_until"),
        *("takeovers", "crashes", "sequence", "stop_requested_at", "estimated_tokens", "is_plain"),
        "deleted_at",
    },
}
ELSEWHERE = {  # columns that are inside of another object
    Conversation: "settings",
    Message: "usage",
}


def exported(client: Client, conversation: Conversation) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body(client, f"/c/{conversation.pk}/json"))
    return found


def test_a_file_has_the_conversation_with_all_branches(owner: Person, owner_client: Client) -> None:
    conversation = rich_conversation(owner)
    file = exported(owner_client, conversation)

    assert (file["format"], file["version"]) == ("chat-export", 1)
    assert {base64.b64decode(each["data"]) for each in file["images"]} == {PIXEL, PIXEL * 2}
    (found,) = file["conversations"]
    assert found["title"] == HOSTILE[:120]
    first, reply, failed, hidden = found["messages"]
    if reply["status"] == "failed":  # two at one position are in the order of their ids
        reply, failed = failed, reply
    assert [first["parent"], reply["parent"], hidden["parent"]] == [None, first["id"], failed["id"]]
    assert [each["on_branch"] for each in (first, reply)] == [True, True]
    assert [each["on_branch"] for each in (failed, hidden)] == [False, False]
    assert (failed["error"], hidden["text"]) == ("It failed.", "Hidden")
    assert reply["usage"] == {
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "usage_is_estimated": False,
    }
    assert reply["reasoning"] == HOSTILE
    by_hash = {each["sha256"]: each for each in file["images"]}
    shown, link = first["attachments"]
    assert (by_hash[shown["image"]]["name"], shown["part"], shown["part_count"]) == ("a.png", 1, 2)
    assert link == {"link": "https://example.com/b", "refusal": ""}
    (call,) = reply["tool_calls"]
    assert (call["arguments"], call["content"]) == ('{"at":"<b>"}', '{"seen":"</script>"}')
    assert by_hash[call["images"][0]["image"]]["name"] == HOSTILE


@pytest.mark.parametrize("model", [Conversation, Message])
def test_every_column_is_exported_or_omitted_on_purpose(
    model: type[Any], owner: Person, owner_client: Client
) -> None:
    (found,) = exported(owner_client, rich_conversation(owner))["conversations"]
    records = [found] if model is Conversation else found["messages"]

    names = {name for record in records for name in record}
    names |= {name for record in records for name in record.get(ELSEWHERE[model], ())}
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns - names == OMITTED[model]


def test_a_long_conversation_is_read_in_pieces_and_in_order(
    owner: Person, owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = rich_conversation(owner)
    whole = exported(owner_client, conversation)["conversations"]
    counts: defaultdict[int, int] = defaultdict(int)
    loaded = reading._loaded
    monkeypatch.setattr(reading, "CHARACTERS_AT_ONCE", 1)

    def count(ids: list[Any]) -> list[Message]:
        counts[len(ids)] += 1
        return loaded(ids)

    monkeypatch.setattr(reading, "_loaded", count)

    assert exported(owner_client, conversation)["conversations"] == whole
    assert counts[1] == 4


def test_a_reply_that_is_still_made_counts_as_stopped(owner: Person, owner_client: Client) -> None:
    conversation = rich_conversation(owner)
    conversation.messages.filter(role="assistant").update(status="streaming", text="Half")

    (found,) = exported(owner_client, conversation)["conversations"]
    assert {each["status"] for each in found["messages"]} == {"complete", "stopped"}


def test_other_peoples_images_are_not_exported(
    owner: Person, member: Person, owner_client: Client
) -> None:
    conversation = rich_conversation(owner)
    reading.images_of(conversation).order_by().update(owner=member)

    file = exported(owner_client, conversation)
    assert file["images"] == []
    (found,) = file["conversations"]
    assert found["messages"][0]["attachments"][0]["image"] is None
    assert "data:image" not in body(owner_client, f"/c/{conversation.pk}/html").decode()


@pytest.mark.parametrize("kind", ["json", "html"])
def test_a_chat_in_the_trash_is_not_found(owner: Person, owner_client: Client, kind: str) -> None:
    conversation = rich_conversation(owner)
    Conversation.objects.filter(pk=conversation.pk).update(trashed_at=timezone.now())

    assert owner_client.get(f"/c/{conversation.pk}/{kind}").status_code == 404
