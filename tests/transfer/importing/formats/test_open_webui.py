"""Chats of Open WebUI's export."""

from typing import Any

from chatapp.transfer.importing.formats.contents import content_of
from chatapp.transfer.importing.formats.conversation import MAX_TEXT
from chatapp.transfer.importing.formats.recognition import read_conversation


def read(messages: dict[str, Any], current: str = "", **fields: Any) -> Any:
    chat = {"title": "A chat", "history": {"currentId": current, "messages": messages}}
    found = read_conversation({"id": "c", "chat": chat, **fields})
    assert found is not None
    return found


def test_a_tree_its_dates_and_marks_are_read() -> None:
    messages = {
        "a": {"id": "a", "parentId": None, "role": "user", "content": "Hello", "timestamp": 1.7e9},
        "b": {"id": "b", "parentId": "a", "role": "assistant", "content": "One", "model": "llama"},
        "c": {"id": "c", "parentId": "a", "role": "assistant", "content": "Two"},
    }

    found = read(messages, "b", updated_at=1_700_000_100, pinned=True, archived=True)

    assert content_of(found.head)[:4] == ("One", "", None, "llama")
    assert content_of(found.messages[0]).created_at.year == 2023
    assert (found.title, found.updated_at.year) == ("A chat", 2023)
    assert (found.is_pinned, found.is_archived) == (True, True)


def test_folded_thinking_and_tool_calls_leave_the_text() -> None:
    content = (
        '<details type="reasoning" done="true" duration="4">\n<summary>Thought</summary>\n'
        "&gt; First\n&gt; Second\n</details>\nI look.\n"
        '<details type="tool_calls" done="true" name="search" '
        'arguments="&quot;{\\&quot;q\\&quot;: 1}&quot;" result="&quot;Found&quot;">\n'
        "<summary>Tool</summary>\n</details>\nDone."
    )

    reply = content_of(read({"a": {"role": "assistant", "content": content}}).messages[0])

    assert (reply.reasoning, reply.thought_seconds) == ("First\nSecond", 4)
    assert " ".join(reply.text.split()) == "I look. Done."
    [call] = reply.calls
    assert (call.name, call.arguments, call.result) == ("search", '{"q": 1}', "Found")


def test_the_output_of_a_response_replaces_the_folded_text() -> None:
    output = [
        {"type": "reasoning", "summary": [{"text": "Hm."}]},
        {"type": "function_call", "name": "search", "arguments": "{}"},
        {"type": "function_call_output", "output": [{"text": "Found"}]},
        {"type": "message", "content": [{"type": "output_text", "text": "Done."}]},
    ]

    reply = content_of(
        read({"a": {"role": "assistant", "content": "old", "output": output}}).messages[0]
    )

    assert (reply.text, reply.reasoning) == ("Done.", "Hm.")
    assert [call.result for call in reply.calls] == ["Found"]


def test_openings_without_an_end_stay_text() -> None:
    content = '<details type="reasoning">' * 40_000

    reply = content_of(read({"a": {"role": "assistant", "content": content}}).messages[0])

    assert len(reply.text) == MAX_TEXT
    assert reply.text.startswith(content[:900_000])
