"""Half characters and what is no text."""

import json

import pytest
from chatapp.inference.text import WholeText, whole

from chatapp.inference.stream import CompletionParser
from chatapp.inference.types import TextDelta


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["plain"], "plain"),
        (["\ud83e", "\udda9"], "🦩"),
        (["a\ud83e", "\udda9b"], "a🦩b"),
        (["\ud800", "\udc00"], "\U00010000"),
        (["\udbff", "\udfff"], "\U0010ffff"),
        (["\ud83e", "b"], "\ufffdb"),
        (["\udda9"], "\ufffd"),
        (["a\x00b", "é\x00"], "abé"),
        (["🦩", "é"], "🦩é"),
        (["\ud83e", "\ud83e", "\udda9"], "\ufffd🦩"),
    ],
)
def test_characters_come_out_whole(pieces: list[str], shown: str) -> None:
    text = WholeText()

    assert "".join(text.feed(piece) for piece in pieces) == shown


def test_what_comes_out_can_be_encoded() -> None:
    assert whole("a\ud83e\udda9\ud83eb\udda9\x00").encode() == "a🦩\ufffdb\ufffd".encode()


def test_a_stream_that_parts_an_emoji_is_joined() -> None:
    parser, text = CompletionParser(), ""
    for half in ("\ud83e", "\udda9"):
        data = json.dumps({"choices": [{"delta": {"content": half}}]})
        deltas = parser.feed(f"data: {data}\n\n".encode())
        text += "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))

    assert text == "🦩"
