"""A runner without pauses that knows only the kinds of its test."""

from collections.abc import AsyncIterator

import pytest

from chatapp import background
from chatapp.jobs import kinds, runner


@pytest.fixture(autouse=True)
async def _quick(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    for name, value in (("FIRST_PAUSE_SECONDS", 0.001), ("REST", 0), ("SWEEP_SECONDS", 0.05)):
        monkeypatch.setattr(runner, name, value)
    monkeypatch.setattr(runner, "_is_closing", False)
    monkeypatch.setattr(kinds, "_kinds", {})
    yield
    await background.drain(5)
