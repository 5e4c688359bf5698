"""Twenty people who want more than the quota: nobody sees a refusal, nobody starves."""

import asyncio
import random
from collections.abc import Sequence
from statistics import median
from uuid import uuid4

import pytest
from pytest_django import Settings

from chatapp.inference import Service as ModelService
from chatapp.replies.line import Urgency
from chatapp.spending.line.service_line import ServiceLine
from chatapp.spending.line.stores import Clock, MemoryStore
from tests.spending.line.simulation import (
    REQUESTS,
    TOKENS,
    Sending,
    Sent,
    Service,
    bursts,
    estimate_errors,
    let_through_before,
    simulate,
    throughput,
)
from tests.spending.line.virtual_time import play

PROCESSES = 3


@pytest.fixture(autouse=True)
def _add_on(settings: Settings) -> None:
    settings.SERVICE = ModelService("heroku", "https://us.inference.heroku.com", "inf-x")


def played(sendings: Sequence[Sending], service: Service | None = None) -> list[Sent]:
    async def play_all() -> list[Sent]:
        clock = Clock(asyncio.get_running_loop().time)
        store = MemoryStore(clock, 60.0)
        lines = [ServiceLine(f"p{n}", clock=clock, store=store) for n in range(PROCESSES)]
        return await simulate(lines, service or Service(), sendings)

    return play(play_all())


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in (2, 3, 4))])
def test_bursts_use_the_whole_quota_and_nobody_is_refused(seed: int) -> None:
    service = Service()
    sent = played(bursts(20, 3, seed), service)
    assert not any(one.error for one in sent)
    assert service.refused == 0
    assert throughput(service) > 0.95
    assert median(estimate_errors(sent)) < 0.3
    # With equal turns, nobody waits longer than all that was sent takes.
    assert max(one.waited for one in sent) < 3 * 60


def test_the_tokens_are_used_up_too() -> None:
    chance, people = random.Random(3), [uuid4() for _ in range(20)]
    sendings = [
        Sending(
            0.0 if number < 80 else chance.uniform(0, 120),
            chance.choice(people),
            chance.randint(2_000, 30_000),
            chance.randint(100, 2_000),
        )
        for number in range(200)
    ]
    service = Service()
    sent = played(sendings, service)
    assert service.refused == 0
    used = sum(one.sending.tokens_in + one.sending.tokens_out for one in sent)
    perfect = used // TOKENS * 60
    assert perfect / (service.accepted[-1] - service.accepted[0]) > 0.95


def test_a_single_message_waits_for_at_most_one_of_sixty() -> None:
    busy, other = uuid4(), uuid4()
    before = [Sending(number / 5, uuid4()) for number in range(REQUESTS)]
    burst = [Sending(30.0, busy) for _ in range(60)]
    *others, single = played([*before, *burst, Sending(64.0, other)])
    assert sum(one.made_at < 64 for one in others if one.sending.person == busy) > 5
    assert let_through_before(single, others) <= 1


def test_titles_never_delay_a_reply() -> None:
    person = uuid4()
    titles = [Sending(0.0, person, urgency=Urgency.TITLE) for _ in range(200)]
    *others, reply = played([*titles, Sending(5.0, person)])
    assert reply.waited == 0
    assert not any(one.error for one in others)


def test_other_apps_that_use_the_quota_fail_nobody() -> None:
    service = Service()

    async def play_all() -> list[Sent]:
        clock = Clock(asyncio.get_running_loop().time)
        line = ServiceLine("p", clock=clock, store=MemoryStore(clock, 60.0))
        service.use_by_others(100)
        return await simulate([line], service, bursts(20, 2))

    sent = play(play_all())
    assert not any(one.error for one in sent)
    assert max(one.refusals for one in sent) <= 4
