"""Fixtures of the tests of conversations: an exchange, model services, and tools of the tests."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, add_exchange
from chatapp.inference import Service
from chatapp.inference.demo.process import demo_model
from chatapp.mcp import switches
from chatapp.replies import generation, service
from chatapp.spending.line import rules, service_line
from tests.support.replies import complete, new_message
from tests.support.tool_kit import Kit


@pytest.fixture
def exchange(owner: Person) -> Exchange:
    """Add a finished exchange to a conversation of the owner."""
    added = add_exchange(owner, new_message())
    complete(added.reply)
    return added


@pytest.fixture
def running(owner: Person) -> Exchange:
    """Add an exchange whose reply is queued."""
    return add_exchange(owner, new_message())


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAT_DEMO_RATE", "0")
        with demo_model() as url:
            yield url


@pytest.fixture
async def demo(demo_url: str, settings: Settings) -> AsyncIterator[None]:
    """Connect the app to the demo model over real HTTP, and wait for every task at the end."""
    settings.SERVICE = Service("demo", demo_url)
    yield
    await background.drain(5)
    await service.close()


@pytest.fixture
async def no_service(settings: Settings) -> AsyncIterator[None]:
    """Remove the model service from the configuration."""
    settings.SERVICE = Service("none")
    yield
    await background.drain(5)
    await service.close()


@pytest.fixture
def impatient_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls wait in the line for a moment only, and let others go at once after a refusal."""
    monkeypatch.setattr(rules, "PAUSE", 0.0)
    patience = dict.fromkeys(service_line.PATIENCE_SECONDS, 0.1)
    monkeypatch.setattr(service_line, "PATIENCE_SECONDS", patience)


@pytest.fixture
def no_reply() -> Iterator[Any]:
    """Start no replies; return the mock that would have started them."""
    with patch.object(generation, "start") as start:
        yield start


@pytest.fixture
async def kit(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kit]:
    """Make the tools of the kit the only ones."""
    kit = Kit()
    monkeypatch.setattr(switches, "built_in", lambda: kit.tools)
    monkeypatch.setattr(generation, "_is_closing", False)
    yield kit
    await background.drain(5)
