"""The event parser against the WHATWG standard."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.errors import ReplyTooLarge
from chatapp.inference.sse import Event, EventParser


def parse(*chunks: bytes) -> list[Event]:
    parser = EventParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events + parser.flush()


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_every_line_end_ends_a_line(end: bytes) -> None:
    assert parse(end.join([b"event: a", b"data: 1", b"", b"data: 2", b"", b""])) == [
        Event("a", "1"),
        Event("message", "2"),
    ]


def test_a_lone_cr_ends_the_event_at_once() -> None:
    assert EventParser().feed(b"data: 1\r\r") == [Event("message", "1")]


def test_crlf_in_two_chunks_is_one_line_end() -> None:
    assert parse(b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"\n") == [Event("message", "1\n2")]


def test_an_empty_chunk_between_cr_and_lf_changes_nothing() -> None:
    assert parse(b"data: 1\r", b"", b"\ndata: 2\n\n") == [Event("message", "1\n2")]


def test_a_line_feed_long_after_a_cr_ends_a_line() -> None:
    parser = EventParser()
    assert parser.feed(b"data: 1\r") + parser.feed(b"data: 2") == []
    assert parser.feed(b"\n\n") == [Event("message", "1\n2")]


def test_unicode_line_separators_are_text() -> None:
    text = "a\u2028b\u2029c\u0085d\x0be\x0cf"
    assert parse(f"data: {text}\n\n".encode()) == [Event("message", text)]


def test_a_character_split_between_chunks_is_whole() -> None:
    raw = "data: 😀é\n\n".encode()
    assert parse(*(raw[i : i + 1] for i in range(len(raw)))) == [Event("message", "😀é")]


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert parse(b"event: \xff\ndata: a\xffb\n\n") == [Event("\ufffd", "a\ufffdb")]


def test_one_space_after_the_colon_is_dropped() -> None:
    assert parse(b"data:a\ndata: b\ndata:  c\ndata\n\n") == [Event("message", "a\nb\n c\n")]


def test_comments_and_unknown_fields_are_ignored() -> None:
    assert parse(b": hello\nid: 7\nretry: 5\ndatax: no\n data: no\ndata: 1\n\n:\n\n") == [
        Event("message", "1")
    ]


def test_an_event_without_data_is_none_and_its_name_is_forgotten() -> None:
    assert parse(b"event: error\n\ndata: 1\n\n") == [Event("message", "1")]


def test_a_byte_order_mark_is_skipped_at_the_start_only() -> None:
    assert parse(b"\xef", b"\xbb\xbfdata: 1\n\n\xef\xbb\xbfdata: 2\n\n") == [Event("message", "1")]


def test_flush_hands_out_the_event_that_lacks_its_blank_line() -> None:
    parser = EventParser()
    assert parser.feed(b"event: x\ndata: 1") == []
    assert parser.flush() == [Event("x", "1")]
    assert parser.flush() == []


def test_a_line_over_the_limit_is_refused_before_it_ends() -> None:
    parser = EventParser(max_event_bytes=100)
    parser.feed(b"data: " + b"x" * 90)
    with pytest.raises(ReplyTooLarge):
        parser.feed(b"x" * 10)


def test_many_lines_in_one_event_are_refused_too() -> None:
    parser = EventParser(max_event_bytes=100)
    with pytest.raises(ReplyTooLarge):
        parser.feed(b"data: 123456789\n" * 11)


def test_many_lines_may_be_as_long_together_as_the_limit() -> None:
    lines = b"data: 123456789\n" * 10  # a line end counts too
    assert len(EventParser(max_event_bytes=100).feed((lines + b"\n") * 2)) == 2


def test_the_limit_is_for_one_event_not_for_the_stream() -> None:
    assert len(EventParser(max_event_bytes=100).feed(b"data: 123456789\n\n" * 50)) == 50


def test_the_limit_is_for_one_line_not_for_all_split_lines() -> None:
    parser = EventParser(max_event_bytes=100)
    assert sum(len(parser.feed(piece)) for piece in [b"data: 1234", b"56789\n\n"] * 50) == 50


def test_every_line_that_comes_in_pieces_may_be_as_long_as_the_limit() -> None:
    parser = EventParser(max_event_bytes=100)
    for piece in [b":" + b"x" * 99, b"\n"] * 3:
        assert parser.feed(piece) == []


def test_an_event_may_have_5_megabytes() -> None:
    data, parser = b"x" * (5 * 1024 * 1024 - len(b"data: ")), EventParser()
    assert len(parser.feed(b"data: " + data + b"\n\n")) == 1
    with pytest.raises(ReplyTooLarge):
        parser.feed(b"data: " + data + b"x\n\n")


@pytest.mark.parametrize("cut", [0, 50, 105])
def test_a_long_comment_is_refused_wherever_it_is_split(cut: int) -> None:
    raw, parser = b":" + b"x" * 100 + b"\n", EventParser(max_event_bytes=100)
    with pytest.raises(ReplyTooLarge):
        [parser.feed(chunk) for chunk in (raw[:cut], raw[cut:])]


@pytest.mark.parametrize("call", [EventParser.flush, lambda parser: parser.feed(b"\n")])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_events_before_a_line_over_the_limit_are_handed_out_first(
    call: Callable[[EventParser], list[Event]], end: bytes
) -> None:
    parser = EventParser(max_event_bytes=100)
    assert parser.feed(b"data: 1\n\n" + b"x" * 101 + end) == [Event("message", "1")]
    with pytest.raises(ReplyTooLarge):
        call(parser)


@given(
    lines=st.lists(
        st.sampled_from(["data: é", "data:", "event: x", ": c", "", "", "data: \u2028", "junk"])
    ),
    ends=st.lists(st.sampled_from(["\n", "\r", "\r\n"]), min_size=1),
    cuts=st.lists(st.integers(0, 200)),
)
def test_it_never_matters_where_the_stream_is_split(
    lines: list[str], ends: list[str], cuts: list[int]
) -> None:
    raw = "".join(line + ends[i % len(ends)] for i, line in enumerate(lines)).encode()
    places = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    chunks = [raw[a:b] for a, b in pairwise(places)]
    assert parse(*chunks) == parse(raw)
