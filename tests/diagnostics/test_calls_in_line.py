"""Calls of diagnostics take part in the line for the service, behind everybody else's."""

import asyncio
from collections.abc import Iterator

import pytest

from chatapp.accounts.models import Person
from chatapp.diagnostics import runner
from chatapp.diagnostics.checks import model_service
from chatapp.diagnostics.runner import Check
from chatapp.inference import RateLimits
from chatapp.replies import line
from chatapp.replies.line import Call, Urgency
from chatapp.spending.line import service_line as lines
from chatapp.spending.line.service_line import ServiceLine, service_line
from tests.diagnostics.conftest import Serve
from tests.inference.wire import HELLO, plain

CHECK = Check("service", "Service", model_service.check_service)
LIMITS = b"x-ratelimit-limit-requests: 2\r\nx-ratelimit-remaining-requests: 0\r\n"
WITH_LIMITS = HELLO.replace(b"\r\n", b"\r\n" + LIMITS, 1)


class Watched(ServiceLine):
    """The real line, which remembers what came."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.reports: list[RateLimits] = []

    async def go(self, call: Call) -> None:
        self.calls.append(call)
        await super().go(call)

    def report(self, model: str, rate_limits: RateLimits) -> None:
        self.reports.append(rate_limits)
        super().report(model, rate_limits)


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    line.register(watched)
    yield watched
    line.register(service_line)


@pytest.mark.django_db(transaction=True)
async def test_a_check_goes_behind_everybody(serve: Serve, owner: Person, watched: Watched) -> None:
    await serve(WITH_LIMITS)

    result = await runner.run(CHECK, owner)

    assert result.level == "green"
    (call,) = watched.calls
    assert (call.person, call.urgency) == (owner.pk, max(Urgency))
    assert len(watched.reports) == 1


@pytest.mark.usefixtures("no_ledger")
async def test_a_check_that_finds_no_room_says_so_and_asks_nothing(
    serve: Serve, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lines.PATIENCE_SECONDS, Urgency.CHECK, 0.05)
    service = await serve(WITH_LIMITS)
    assert (await runner.run(CHECK)).level == "green"
    asked = len(service.bodies)

    result = await runner.run(CHECK)

    assert result.level == "yellow"
    assert "quota" in result.fix
    assert len(service.bodies) == asked


@pytest.mark.usefixtures("no_ledger")
async def test_a_refused_check_is_not_made_again_and_holds_back_replies(
    serve: Serve, watched: Watched
) -> None:
    service = await serve(plain("429 Too Many Requests", b"{}"))

    result = await runner.run(CHECK)

    assert result.level == "yellow"
    assert len(service.bodies) == 1
    (state,) = [each._last for each in watched._lines.values()]
    await asyncio.sleep(0)
    assert state
    assert state.strikes == 1
