"""Conversations of ChatGPT's export, in the old and the 2026 layout."""

from typing import Any

import pytest

from chatapp.transfer.importing.formats.contents import content_of
from chatapp.transfer.importing.formats.conversation import Role, Skipped
from chatapp.transfer.importing.formats.recognition import read_conversation


def node(
    parent: str | None, role: str, content: dict[str, Any] | str, **message: Any
) -> dict[str, Any]:
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    author = {"role": role, "name": message.pop("name", None)}
    return {"parent": parent, "message": {"author": author, "content": content, **message}}


def read(mapping: dict[str, Any], **fields: Any) -> Any:
    found = read_conversation({"conversation_id": "c", "mapping": mapping, **fields})
    assert found is not None
    return found


def texts(mapping: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    found = read(mapping, **fields)
    return [(message.role.value, content_of(message).text) for message in found.messages]


def test_messages_follow_their_parents_without_children() -> None:
    mapping = {
        "root": {"parent": None},
        "s": node("root", "system", "You are …"),
        "b": node("a", "assistant", "Hi"),
        "a": node("s", "user", "Hello"),
    }

    assert texts(mapping) == [("user", "Hello"), ("assistant", "Hi")]


def test_the_pieces_of_a_reply_become_one_reply() -> None:
    mapping = {
        "a": node(None, "user", "What is 2 + 2?"),
        "b": node(
            "a",
            "assistant",
            {"content_type": "thoughts", "thoughts": [{"summary": "Sums", "content": "Easy."}]},
        ),
        "c": node(
            "b",
            "assistant",
            {"content_type": "reasoning_recap", "content": "Thought for 7 s"},
            metadata={"finished_duration_sec": 7},
        ),
        "d": node("c", "assistant", "I'll compute."),
        "e": node(
            "d", "assistant", {"content_type": "code", "text": "print(2 + 2)"}, recipient="python"
        ),
        "f": node("e", "tool", {"content_type": "execution_output", "text": "4"}, name="python"),
        "g": node("f", "assistant", "It is 4.", metadata={"model_slug": "gpt-5"}),
    }

    [question, reply] = read(mapping).messages

    content = content_of(reply)
    assert (question.role, reply.role, reply.parent) == (Role.USER, Role.ASSISTANT, question)
    assert content.text == "I'll compute.\n\nIt is 4."
    assert content.reasoning == "**Sums**\n\nEasy."
    assert (content.thought_seconds, content.model) == (7, "gpt-5")
    [call] = content.calls
    assert (call.name, call.arguments, call.result) == (
        "python",
        '{"input": "print(2 + 2)"}',
        "4",
    )
    assert content.text[: call.text_length].strip() == "I'll compute."


def test_branches_stay_and_the_current_node_is_shown() -> None:
    mapping = {
        "a": node(None, "user", "Hello"),
        "b": node("a", "assistant", "One"),
        "c": node("a", "assistant", "Two"),
        "d": node("b", "user", "More"),
    }

    found = read(mapping, current_node="d")

    assert len(found.messages) == 4
    assert content_of(found.head).text == "More"
    assert content_of(found.head.parent).text == "One"


def test_a_reply_that_branches_in_its_middle_becomes_two_replies() -> None:
    mapping = {
        "a": node(None, "user", "Hello"),
        "b": node("a", "assistant", "First"),
        "c": node("b", "assistant", "left"),
        "d": node("b", "assistant", "right"),
    }

    said = texts(mapping)

    assert said == [
        ("user", "Hello"),
        ("assistant", "First\n\nleft"),
        ("assistant", "First\n\nright"),
    ]


def test_a_message_after_the_middle_of_a_reply_follows_what_it_followed() -> None:
    mapping = {
        "a": node(None, "user", "Hello"),
        "b": node("a", "assistant", "First"),
        "u": node("b", "user", "Stop there"),
        "c": node("b", "assistant", "second"),
    }

    found = read(mapping)

    parent = next(each for each in found.messages if each.id == "u").parent
    assert content_of(parent).text == "First"


def test_images_attachments_and_sources_come_along() -> None:
    image = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1"}
    audio = {"content_type": "audio_asset_pointer", "asset_pointer": "sediment://file_2"}
    sources = {
        "content_references": [
            {"type": "webpage", "url": "https://a.example/", "title": "A [site]"},
            {"items": [{"url": "javascript:alert(1)", "title": "B"}]},
        ]
    }
    mapping = {
        "a": node(
            None,
            "user",
            {"content_type": "multimodal_text", "parts": ["Look", image, audio]},
            metadata={
                "attachments": [
                    {"id": "file_1", "name": "cat.png", "mime_type": "image/png"},
                    {"id": "file_3", "name": "notes.pdf", "mime_type": "application/pdf"},
                ]
            },
        ),
        "b": node("a", "assistant", "A cat \ue200cite\ue202turn0search3\ue201.", metadata=sources),
    }

    found = read(mapping)

    question, reply = map(content_of, found.messages)
    assert [(file.id, file.is_image) for file in question.files] == [
        ("file_1", True),
        ("file_3", False),
    ]
    assert found.skipped[Skipped.AUDIO] == 1
    assert reply.text == "A cat .\n\nSources:\n\n- [A \\[site\\]](<https://a.example/>)"


def test_hidden_messages_and_profiles_are_left_out() -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    mapping = {
        "a": node(None, "user", {"content_type": "user_editable_context", "user_profile": "Me"}),
        "b": node("a", "user", "secret", metadata=hidden),
        "c": node("b", "assistant", "weightless", weight=0),
        "d": node("c", "user", "Hello"),
    }

    assert texts(mapping) == [("user", "Hello")]


@pytest.mark.parametrize("text", ["", "a ``` b"])
def test_unknown_content_becomes_a_visible_note(text: str) -> None:
    mapping = {"a": node(None, "assistant", {"content_type": "hologram", "text": text})}

    [(_role, said)] = texts(mapping)

    assert "hologram" in said
    assert text in said


def test_a_chain_of_30_000_pieces_is_read() -> None:
    mapping = {"0": node(None, "user", "0")}
    for number in range(1, 30_000):
        mapping[str(number)] = node(str(number - 1), ("user", "assistant")[number % 2], "x")

    assert len(read(mapping).messages) == 30_000


def test_cycles_and_missing_parents_are_counted_and_lose_nothing() -> None:
    mapping = {
        "a": node("b", "user", "One"),
        "b": node("a", "assistant", "Two"),
        "c": node("nowhere", "user", "Three"),
        "d": node("d", "user", "Four"),
    }

    found = read(mapping)

    assert {content_of(message).text for message in found.messages} == {
        "One",
        "Two",
        "Three",
        "Four",
    }
    assert found.skipped == {Skipped.CYCLE: 2, Skipped.MISSING_PARENT: 1}
