"""No JSON document makes the readers fail, and no value of one is trusted."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.transfer.importing.formats.contents import content_of
from chatapp.transfer.importing.formats.conversation import MAX_TEXT
from chatapp.transfer.importing.formats.recognition import read_conversation
from chatapp.transfer.importing.formats.values import as_time

NAMES = st.sampled_from(
    (
        *("mapping", "chat_messages", "chat", "history", "messages", "parent", "message", "author"),
        *("role", "content", "content_type", "parts", "metadata", "thoughts", "parentId", "output"),
        *("type", "text", "tool_use", "name", "arguments", "citations", "end_index", "details"),
        *("parent_message_uuid", "uuid", "sender", "files", "attachments", "current_node", "id"),
    )
)
WORDS = st.sampled_from(
    (
        *("user", "assistant", "tool", "human", "text", "code", "thoughts", "multimodal_text"),
        *("tool_use", "tool_result", "function_call", "message", "a", "b", "", "all"),
        *('<details type="reasoning"><summary>', "</details>", "\ue200cite\ue201", "\ud800", "\0"),
    )
)
JSON = st.recursive(
    st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(NAMES, WORDS), inner, max_size=5)
    ),
    max_leaves=40,
)
SHAPES = st.one_of(
    st.fixed_dictionaries({"mapping": st.dictionaries(WORDS, JSON, max_size=5)}),
    st.fixed_dictionaries({"chat_messages": st.lists(JSON, max_size=5)}),
    st.fixed_dictionaries(
        {"chat": st.fixed_dictionaries({"history": st.fixed_dictionaries({"messages": JSON})})}
    ),
    JSON,
)


@given(SHAPES)
@settings(max_examples=settings().max_examples * 3)
def test_any_document_is_read_or_refused(value: Any) -> None:
    found = read_conversation(value)

    for message in found.messages if found else ():
        assert message.parent is None or message.parent.role != message.role
        assert len(content_of(message).text) <= MAX_TEXT


@pytest.mark.parametrize(
    "value",
    [
        1_767_225_600,
        1_767_225_600.0,
        1_767_225_600_000,
        1_767_225_600_000_000,
        "1767225600",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00+01:00",
        "2026-01-01 00:00:00",
        "2026-01-01",
        {"$date": {"$numberLong": "1767225600000"}},
        {"$date": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_date_is_read_however_it_is_written(value: object) -> None:
    assert as_time(value) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1,
        float("nan"),
        float("inf"),
        1e30,
        "",
        "yesterday",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        {},
        {"$date": {"$date": {}}},
        [],
    ],
)
def test_no_date_is_made_of_anything_else(value: object) -> None:
    assert as_time(value) is None
