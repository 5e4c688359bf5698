"""A model service to check, and the app as it is on a dyno."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pytest_django import Settings

from chatapp.inference import Service
from chatapp.replies import accounting
from chatapp.replies.accounting import Call, NewCall
from tests.diagnostics.model_service import ModelService, running
from tests.images.conftest import bucket, bucket_url, use_bucket  # noqa: F401  (fixtures)
from tests.inference.wire import HELLO, Answer

KEY = "inf-0123456789abcdef"
type Serve = Callable[..., Awaitable[ModelService]]


@pytest.fixture
async def serve(settings: Settings) -> AsyncIterator[Serve]:
    """Start a service with this answer, and configure the app to use it."""
    async with AsyncExitStack() as stack:

        async def start(answer: bytes | Answer = HELLO, **options: bytes) -> ModelService:
            service = await stack.enter_async_context(running(ModelService(answer, **options)))
            settings.SERVICE = Service("compatible", service.url, KEY)
            return service

        yield start


@pytest.fixture
def no_service(settings: Settings) -> None:
    settings.SERVICE = Service("none")


class NoLedger:
    """Records nothing, for checks that are tried without a database."""

    def begin(self, new: NewCall) -> Call:
        return Call(new.request)

    def settle(self, ended: Any) -> None:
        pass


@pytest.fixture
def no_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounting, "_registered", [NoLedger()])


@pytest.fixture
def on_dyno(settings: Settings) -> None:
    settings.ON_DYNO = True
