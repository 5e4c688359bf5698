"""The line as replies use it: calls wait, are refused, are stopped, and give up."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.inference import CompletionRequest, Quota, RateLimits, Service, Usage
from chatapp.inference.errors import RateLimited, ServiceFailed
from chatapp.replies.line import Call, Standing, Urgency
from chatapp.spending.line import quotas
from chatapp.spending.line import service_line as module
from chatapp.spending.line.service_line import ServiceLine, WaitedTooLong
from chatapp.spending.line.state import Limits
from chatapp.spending.line.stores import Clock, MemoryStore
from tests.spending.line.simulation import MODEL, estimated
from tests.spending.line.virtual_time import play

REQUEST = CompletionRequest(MODEL, (estimated(100),), max_tokens=1_000)


@pytest.fixture(autouse=True)
def _add_on(settings: Settings) -> None:
    settings.SERVICE = Service("heroku", "https://us.inference.heroku.com", "inf-x")


class Calls:
    """Calls over a line with a quota of `limit` requests, in virtual time."""

    def __init__(self, limit: int = 2) -> None:
        self.clock = Clock(asyncio.get_running_loop().time)
        self.store = MemoryStore(self.clock, 60.0)
        self.line = self.process("one")
        self.line.report(MODEL, RateLimits(Quota(limit, limit, 1.0), Quota()))
        self.made: list[str] = []
        self.shown: dict[str, list[Standing | None]] = {}

    def process(self, name: str) -> ServiceLine:
        return ServiceLine(name, clock=self.clock, store=self.store)

    def start(
        self, name: str, *answers: Any, line: ServiceLine | None = None, **fields: Any
    ) -> asyncio.Task[None]:
        """Start a call that gets these answers in turn, an error or a usage."""
        left = list(answers)
        self.shown[name] = []

        async def make() -> Usage | None:
            self.made.append(name)
            answer = left.pop(0) if left else None
            await asyncio.sleep(1)
            if isinstance(answer, Exception):
                raise answer
            return answer

        call = Call(uuid4(), REQUEST, 0.0, make, show=self.shown[name].append, **fields)
        return asyncio.create_task((line or self.line).go(call))


def in_virtual_time(test: Any) -> Any:
    def played() -> None:
        play(test())

    played.__name__, played.__doc__ = test.__name__, test.__doc__
    return played


@in_virtual_time
async def test_a_call_with_room_is_made_at_once() -> None:
    calls = Calls()
    call = calls.start("a", Usage(90, 10))
    await asyncio.sleep(0)
    assert calls.made == ["a"]
    await call
    assert calls.shown["a"] == [None]


@in_virtual_time
async def test_who_waits_learns_the_place_and_goes_when_there_is_room() -> None:
    calls = Calls()
    started = [calls.start(name) for name in "abcd"]
    await asyncio.sleep(2)
    assert calls.made == ["a", "b"]
    third, fourth = calls.shown["c"][-1], calls.shown["d"][-1]
    assert third
    assert fourth
    assert (third.before, fourth.before) == (0, 1)
    assert third.seconds == pytest.approx(59, abs=1.5)
    await asyncio.gather(*started)
    assert calls.made == ["a", "b", "c", "d"]
    assert calls.shown["c"][-1] is None


@in_virtual_time
async def test_stopping_makes_room_for_the_next() -> None:
    calls = Calls()
    started = [calls.start(name) for name in "abcd"]
    await asyncio.sleep(2)
    started[2].cancel()
    await asyncio.sleep(2)
    last = calls.shown["d"][-1]
    assert last
    assert last.before == 0
    await asyncio.sleep(70)
    assert calls.made == ["a", "b", "d"]
    await asyncio.gather(*started, return_exceptions=True)


@in_virtual_time
async def test_a_refused_call_waits_as_long_as_the_service_asks_and_goes_first() -> None:
    calls = Calls(1)
    first = calls.start("a", RateLimited(retry_after=20.0))
    await asyncio.sleep(0.5)
    second = calls.start("b")
    await asyncio.sleep(15)
    assert calls.made == ["a"]
    await asyncio.sleep(10)
    assert calls.made == ["a", "a"]
    await asyncio.gather(first, second)
    assert calls.made == ["a", "a", "b"]


@in_virtual_time
async def test_refusals_never_fail_a_reply_before_its_patience_ends() -> None:
    calls = Calls()
    await calls.start("a", *[RateLimited() for _ in range(20)])
    assert len(calls.made) == 21


@in_virtual_time
async def test_half_an_hour_of_refusals_ends_with_a_sentence() -> None:
    calls = Calls()
    with pytest.raises(WaitedTooLong):
        await calls.start("a", *[RateLimited() for _ in range(99)])
    assert 1_700 < asyncio.get_running_loop().time() < 1_900


@in_virtual_time
async def test_a_wait_that_is_longer_than_the_patience_is_named_at_once() -> None:
    calls = Calls()
    with pytest.raises(RateLimited, match="about 2 hours"):
        await calls.start("a", RateLimited(retry_after=7_200.0))
    assert asyncio.get_running_loop().time() < 10


@in_virtual_time
async def test_a_refusal_after_some_output_is_not_asked_again_here() -> None:
    calls = Calls()
    with pytest.raises(RateLimited):
        await calls.start("a", RateLimited(), has_output=lambda: True)
    assert calls.made == ["a"]


@in_virtual_time
async def test_titles_give_up_early() -> None:
    calls = Calls(1)
    await calls.start("a")
    began = asyncio.get_running_loop().time()
    busy = [calls.start(f"r{n}") for n in range(20)]
    with pytest.raises(WaitedTooLong):
        await calls.start("title", urgency=Urgency.TITLE)
    assert asyncio.get_running_loop().time() - began == pytest.approx(300, abs=5)
    for task in busy:
        task.cancel()


@in_virtual_time
async def test_failures_of_another_kind_leave_the_line_and_cost_no_tokens() -> None:
    calls = Calls()
    with pytest.raises(ServiceFailed):
        await calls.start("a", ServiceFailed())
    [state] = calls.store.states.values()
    assert (state.running, state.waiting, state.window.tokens) == ({}, {}, 0)


@in_virtual_time
async def test_a_process_lets_through_the_calls_of_another() -> None:
    calls = Calls(1)
    other = calls.process("two")
    started = [calls.start("a"), calls.start("b", line=other), calls.start("c")]
    await asyncio.gather(*started)
    assert sorted(calls.made) == ["a", "b", "c"]


@in_virtual_time
async def test_the_calls_of_a_process_that_died_delay_nobody_for_long() -> None:
    calls = Calls(1)
    dead = calls.process("dead")
    first = calls.start("a")
    await asyncio.sleep(0.1)
    waiting = [calls.start(f"d{n}", line=dead) for n in range(5)]
    await asyncio.sleep(0.1)
    for task in (*waiting, *background.running("line:dead")):
        task.cancel()
    line = next(iter(dead._lines.values()))
    line._changes.clear()  # what it would say on leaving
    last = calls.start("b")
    await asyncio.gather(first, last)
    assert calls.made == ["a", "b"]


@in_virtual_time
async def test_both_spellings_of_a_model_wait_in_one_line() -> None:
    calls = Calls()
    calls.line.report("claude-4-6-sonnet", RateLimits(Quota(2, 2, 1.0), Quota()))
    await calls.start("a")
    assert len(calls.store.states) == 1


def test_only_the_add_on_has_the_quota_of_the_catalogue(settings: Settings) -> None:
    assert quotas.configured(MODEL) == Limits(150, 800_000)
    assert quotas.configured("unknown-model") == Limits(150, 800_000)
    settings.SERVICE = Service("compatible", "http://127.0.0.1:9", "")
    assert quotas.configured(MODEL) == Limits()


def test_patience_is_known_for_every_purpose() -> None:
    assert set(module.PATIENCE_SECONDS) == set(Urgency)
