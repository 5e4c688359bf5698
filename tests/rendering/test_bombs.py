"""Each bomb is cheap to show: while it comes, and when it has ended.

`make fuzz` plays them in every size, and mixtures of them. To play one again:
`FUZZ_BOMB="open fence" FUZZ_SIZES=100000 FUZZ_SEED=7 pytest tests/rendering/test_bombs.py`.
Limits are in seconds of this process's CPU, of which a busy machine changes little.
"""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any

import psutil
import pytest

from chatapp.rendering import LiveDocument, render_document
from tests.bench.usage import forget_peak, peak_mb, resident_mb
from tests.rendering.bombs import BOMBS, SLOW_FENCES, mixtures, pieces, text_of

IS_LONG = "FUZZ_SIZES" in os.environ
FEW = 8  # languages
SHORT = [3_000, pytest.param(8_000, marks=pytest.mark.long)]
# In characters.
SIZES = [int(size) for size in os.environ["FUZZ_SIZES"].split(",")] if IS_LONG else SHORT
SEED = int(os.environ.get("FUZZ_SEED", "0"))
MIXTURES = int(os.environ.get("FUZZ_MIXTURES", "8"))
ONE = os.environ.get("FUZZ_BOMB")

MIN_APPENDS = 40  # in which a text comes
MAX_AT_ONCE = 4_000  # characters in one of them: running replies append no more
MAX_APPEND = 0.15  # seconds for one append: everybody waits as long
MAX_RENDERING = 0.5  # seconds for a finished text, which is rendered in a thread
PER_CHARACTER = 5e-6  # seconds more for each character: three times what ordinary text costs
MAX_HTML = 41  # times the text
SPARE_HTML = 150_000  # characters more
MAX_GROWTH = 50.0  # MB of memory, for one reply
FATAL_GROWTH = 2_000  # MB, at which this process ends rather than the machine
LONGEST = 10.0  # seconds, after which a bomb has gone off


def names() -> list[str]:
    """Code in slow languages takes most of the time, so the short form has a few of them."""
    excluded = set() if IS_LONG else {bomb.name for bomb in SLOW_FENCES[FEW:]}
    return [name for name in BOMBS if name not in excluded] + mixtures(SEED, MIXTURES)


def sampled_names(step: int) -> list[Any]:
    """Mark all names but each `step`-th as long."""
    return [
        name if IS_LONG or number % step == 0 else pytest.param(name, marks=pytest.mark.long)
        for number, name in enumerate(names())
    ]


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.parametrize("bomb", [ONE] if ONE else sampled_names(3))
@pytest.mark.timeout(120)  # a limit that is passed is told, however long it takes
def test_a_bomb_is_cheap_while_it_streams(bomb: str, size: int) -> None:
    text = text_of(bomb, size)
    with replayable(bomb, size), little_memory():
        document, slow = stream(text)
        html, is_whole = len(document.html), document.text == text
        assert html <= most_html(size)
        assert is_whole
    if slow:
        with replayable(bomb, size):
            _document, slow_again = stream(text)
            assert not slow & slow_again, "appends over the limit, both times"


@pytest.mark.parametrize("bomb", [ONE] if ONE else sampled_names(9))
@pytest.mark.timeout(120)
def test_a_bomb_is_cheap_when_it_has_ended(bomb: str, size: int) -> None:
    text = text_of(bomb, size)
    with replayable(bomb, size), little_memory():
        begin = time.process_time()
        html = len(render_document(text, prefix="m"))
        seconds = time.process_time() - begin
        assert seconds <= MAX_RENDERING + PER_CHARACTER * size
        assert html <= most_html(size)


def stream(text: str) -> tuple[LiveDocument, set[int]]:
    """Append a whole text; return the document and the numbers of the appends over the limit.

    A busy machine slows down any append, a bomb the same one each time.
    """
    document, slow = LiveDocument("m"), set()
    for number, new in enumerate(appended(text)):
        begin = time.process_time()
        document.append(new)
        if time.process_time() - begin > MAX_APPEND:
            slow.add(number)
    return document, slow


def appended(text: str) -> Iterator[str]:
    """The text in pieces of a model, as many together as are shown at once."""
    every = list(pieces(text, SEED))
    most = MAX_AT_ONCE * len(every) // len(text)
    for some in batched(every, max(1, min(most, len(every) // MIN_APPENDS))):
        yield "".join(some)


def most_html(size: int) -> int:
    return MAX_HTML * size + SPARE_HTML


@contextmanager
def replayable(bomb: str, size: int) -> Iterator[None]:
    """A failure names what to do to see it again; one that would take for ever is ended."""

    def end(*_: Any) -> None:
        raise TimeoutError(f"no end in {LONGEST:g} seconds")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        yield
    except BaseException as problem:
        command = "pytest tests/rendering/test_bombs.py"
        problem.add_note(f'FUZZ_BOMB="{bomb}" FUZZ_SIZES={size} FUZZ_SEED={SEED} {command}')
        raise
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def little_memory() -> Iterator[None]:
    pid = os.getpid()
    before, limits = resident_mb(pid), resource.getrlimit(resource.RLIMIT_AS)
    forget_peak(pid)
    most = psutil.Process().memory_info().vms + FATAL_GROWTH * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
    assert peak_mb(pid) - before <= MAX_GROWTH
