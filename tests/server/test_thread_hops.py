"""How often a request visits a thread. Each visit costs more than most of what is done in it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.replies import generation
from chatapp.server.request_threads import skip_work_at_the_start_of_requests
from tests.server.served import answer
from tests.support.tab import Socket, Tab

pytestmark = pytest.mark.django_db(transaction=True)

JSON, PAGE = "application/json", "text/html"


class Visitor:
    """Sends requests to the app as it is served, and counts their visits to threads."""

    def __init__(self, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session = session
        self.hops = 0
        # The client of Django's tests does this work before each of its own requests.
        skip_work_at_the_start_of_requests()
        loop = asyncio.get_running_loop()
        run = loop.run_in_executor

        def counting(*args: Any) -> Any:
            self.hops += 1
            return run(*args)

        monkeypatch.setattr(loop, "run_in_executor", counting)

    async def hops_of(
        self, method: str, path: str, accept: str, fields: Mapping[str, object] | None = None
    ) -> int:
        """Send a request, which must succeed, and return its number of visits to threads."""
        before = self.hops
        received = await answer(method, path, self.session, fields, {"accept": accept})
        assert received.status in (200, 201, 204)
        return self.hops - before


@pytest.fixture
async def visitor(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    tab = await Tab.of(owner)
    return Visitor(tab.client.cookies["sessionid"].value, monkeypatch)


@pytest.mark.parametrize(
    ("path", "accept", "hops"),
    [
        ("/healthz", PAGE, 2),  # the view, and the end of the request
        ("/account/session", JSON, 2),
        ("/draft", JSON, 2),
        ("/", PAGE, 3),  # and its compression
        ("/c/{conversation}/", PAGE, 3),
        ("/c/{conversation}/draft", JSON, 2),
        ("/c/{conversation}/messages", JSON, 3),  # the checks before an asynchronous view
        ("/c/{conversation}/replies/{reply}/state", JSON, 4),
    ],
)
async def test_a_page_needs_few_threads(
    visitor: Visitor, exchange: Exchange, path: str, accept: str, hops: int
) -> None:
    address = path.format(conversation=exchange.conversation.pk, reply=exchange.reply.pk)

    assert await visitor.hops_of("GET", address, accept) == hops


async def test_sending_needs_four_threads(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It visits one for the checks, the form, storing the message, and the end of the request."""
    monkeypatch.setattr(generation, "start", lambda *_reply: None)
    fields = {"client_id": uuid4(), "text": "Hello"}

    assert await visitor.hops_of("POST", f"/c/{uuid4()}/messages", JSON, fields) == 4


async def test_a_draft_needs_two_threads(visitor: Visitor) -> None:
    fields = {"client_id": uuid4(), "tab": uuid4(), "edit": 1, "text": "Hello"}

    assert await visitor.hops_of("POST", "/draft", JSON, fields) == 2


async def test_a_socket_needs_one_thread(visitor: Visitor) -> None:
    socket = Socket(visitor.session)
    before = visitor.hops
    assert (await socket.open())["type"] == "websocket.accept"
    assert (await socket.event())["type"] == "hello"
    hops = visitor.hops - before
    await socket.close()

    assert hops == 1
