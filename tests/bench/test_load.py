"""The load rows count correctly, and the cheap tabs read every frame."""

import json
import math

import pytest

from tests.bench import model
from tests.bench.crowd import Result
from tests.bench.load import Load
from tests.bench.tabs import Sighting, Tab
from tests.bench.usage import Usage

HELLO = b'{"type": "hello"}'


def frame(payload: bytes) -> bytes:
    """As a server sends a text: not masked."""
    size = len(payload)
    length = bytes([size]) if size < 126 else bytes([126]) + size.to_bytes(2)
    return b"\x81" + length + payload


def came(sent: dict[str, list[float]], seen: dict[str, list[float]]) -> Load:
    result = Result(dict.fromkeys(sent, 0.5), seen, [], 0.0)
    return Load(sent, result, Usage([]), Usage([]), tokens=3)


def test_all_tokens_before_the_newest_count_as_seen() -> None:
    sighting = Sighting("7")

    sighting.look(b"<p>w7x0 w7x1", 1.0)
    sighting.look(b"w7x0 w8x5", 2.0)
    sighting.look(b"w7x12 and more", 3.0)

    assert sighting.seen == [1.0, 1.0, *[3.0] * 11]


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_a_tab_reads_frames_however_they_are_divided(size: int) -> None:
    sighting = Sighting("7")
    tab = Tab("here", "cookie", sighting)
    said = [HELLO, json.dumps({"html": "w7x0 " + "x" * 200}).encode(), b'{"type": "pulse"}']
    data = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b"".join(map(frame, said))

    for start in range(0, len(data), size):
        assert not tab.pulsed.done()
        tab.data_received(data[start : start + size])

    assert tab.ready.done()
    assert tab.pulsed.done()
    assert len(sighting.seen) == 1
    assert not tab.finished.done()


async def test_a_refused_tab_raises_an_error() -> None:
    tab = Tab("here", "cookie", Sighting("7"))

    with pytest.raises(RuntimeError, match="403"):
        tab.data_received(b"HTTP/1.1 403 Forbidden\r\n\r\n")


def test_delays_are_those_of_the_time_in_which_all_run() -> None:
    sent = {"1": [0.0, 1.0, 2.0], "2": [1.0, 2.0, 3.0]}
    seen = {"1": [9.0, 1.001, 2.002], "2": [1.003, 2.004, 9.0]}

    assert came(sent, seen).window == (1.0, 2.0)
    assert came(sent, seen).delays == pytest.approx([1, 2, 3, 4])
    assert max(came(sent, seen).all_delays) == 9000


def test_a_reply_that_lacks_a_token_is_incomplete() -> None:
    sent = {"1": [0.0, 1.0, 2.0], "2": [0.0, 1.0, 2.0], "3": []}

    assert came(sent, {"1": [0.0, 1.0, 2.0], "2": [0.0, 1.0], "3": []}).incomplete == 2


def test_a_wait_is_from_the_question_to_the_first_token() -> None:
    sent: dict[str, list[float]] = {"1": [0.0, 1.0, 2.0], "2": []}

    assert came(sent, {"1": [0.75, 1.0, 2.0], "2": []}).waits == [250, math.inf]


def test_a_question_is_one_whole_request() -> None:
    head, _, body = model.request("bench run=7 tokens=3 rate=50").partition(b"\r\n\r\n")

    assert f"Content-Length: {len(body)}".encode() in head
    assert model.plan(json.loads(body)) == model.Plan("7", 3, 50)
