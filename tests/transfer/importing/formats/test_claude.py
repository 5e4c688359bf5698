"""Conversations of Claude's export, of 2026 and before."""

import json
from typing import Any

from chatapp.transfer.importing.formats.contents import content_of
from chatapp.transfer.importing.formats.conversation import Skipped
from chatapp.transfer.importing.formats.recognition import is_list_of_downloads, read_conversation

ROOT = "00000000-0000-4000-8000-000000000000"


def read(*messages: dict[str, Any], **fields: Any) -> Any:
    found = read_conversation({"uuid": "c", "chat_messages": list(messages), **fields})
    assert found is not None
    return found


def message(uuid: str, sender: str, *parts: dict[str, Any] | str, **fields: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": one} if isinstance(one, str) else one for one in parts]
    return {"uuid": uuid, "sender": sender, "content": content, **fields}


def test_an_export_without_parents_is_one_chain() -> None:
    found = read(
        {"uuid": "a", "sender": "human", "text": "Hello"},
        {"uuid": "b", "sender": "assistant", "text": "Hi"},
        {"uuid": "c", "sender": "human", "text": "More"},
        name="Greetings",
    )

    assert [content_of(each).text for each in found.messages] == ["Hello", "Hi", "More"]
    assert (found.title, found.head.parent.id) == ("Greetings", "b")


def test_branches_follow_parents_and_the_last_message_is_shown() -> None:
    found = read(
        message("a", "human", "Hello", parent_message_uuid=ROOT),
        message("b", "assistant", "One", parent_message_uuid="a"),
        message("c", "assistant", "Two", parent_message_uuid="a"),
    )

    assert [each.parent and each.parent.id for each in found.messages] == [None, "a", "a"]
    assert content_of(found.head).text == "Two"


def test_thinking_tool_calls_and_citations_keep_their_places() -> None:
    citation = {"end_index": 5, "details": {"type": "web", "url": "https://a.example/"}}
    hostile = {"end_index": 5, "details": {"url": "javascript:alert(1)"}}
    found = read(
        message("a", "human", "Weather?"),
        message(
            "b",
            "assistant",
            {"type": "thinking", "thinking": "", "summaries": [{"summary": "Looks it up."}]},
            "I look.",
            {"type": "tool_use", "id": None, "name": "web_search", "input": {"query": "weather"}},
            {
                "type": "tool_result",
                "tool_use_id": None,
                "name": "web_search",
                "content": [
                    {"type": "knowledge", "title": "News", "url": "https://n.example/"},
                    {"type": "image"},
                ],
            },
            {"type": "text", "text": "Sunny today.", "citations": [citation, hostile]},
            {"type": "token_budget"},
        ),
    )

    content = content_of(found.messages[1])
    [call] = content.calls
    assert content.reasoning == "Looks it up."
    assert content.text == "I look.\n\nSunny ([source](<https://a.example/>)) today."
    assert (call.name, json.loads(call.arguments)) == ("web_search", {"query": "weather"})
    assert call.result == "News\nhttps://n.example/"
    assert content.text[: call.text_length] == "I look."
    assert found.skipped == {Skipped.IMAGE: 1}


def test_files_come_with_what_was_read_from_them() -> None:
    found = read(
        message(
            "a",
            "human",
            "Read this",
            attachments=[{"file_name": "notes.txt", "extracted_content": "Buy milk"}],
            files=[{"file_uuid": "f", "file_name": "cat.png"}],
        )
    )

    files = content_of(found.messages[0]).files
    assert [(file.name, file.text) for file in files] == [
        ("notes.txt", "Buy milk"),
        ("cat.png", ""),
    ]


def test_what_follows_an_empty_message_follows_what_is_above() -> None:
    found = read(
        message("a", "human", "Hello", parent_message_uuid=ROOT),
        message("b", "assistant", parent_message_uuid="a"),
        message("c", "assistant", "Hi", parent_message_uuid="b"),
    )

    assert [each.id for each in found.messages] == ["a", "c"]
    assert found.skipped == {Skipped.EMPTY: 1}


def test_the_list_of_downloads_is_told_from_an_export() -> None:
    manifest = {"total_files": 2, "data_files": [{"category": "conversations"}]}

    assert is_list_of_downloads(manifest)
    assert not is_list_of_downloads([manifest])
    assert read_conversation(manifest) is None
