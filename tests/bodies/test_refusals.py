"""What is answered to a request whose body isn't read, by the app as it is served."""

import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.asgi import get_asgi_application

from chatapp.accounts.models import Person
from chatapp.server.bodies import body as bodies
from chatapp.server.bodies.capacity import Capacity
from chatapp.server.bodies.limit import BodyLimit
from tests.bodies.kit import Client, ada, request, url

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = configured.MAX_BODY_BYTES
LARGE = configured.LARGE_BODY_BYTES["messages"]
KEPT = "Go back: what you typed is still there."
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Silent(Client):
    """Sends nothing more."""

    def __init__(self) -> None:
        super().__init__(-1)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(bodies, "MAX_LINGER_SECONDS", 0.01)


async def answer_to(
    name: str, size: int, accept: str, find_person: Any = ada, capacity: Capacity | None = None
) -> tuple[int, dict[str, str], str]:
    """Status, headers in small letters, and body."""
    scope = request(url(name), size)
    scope["headers"] += [(b"host", b"127.0.0.1"), (b"accept", accept.encode())]
    scope |= {"query_string": b"", "server": ("127.0.0.1", 80), "scheme": "http"}
    client = Silent()
    limit = BodyLimit(get_asgi_application(), find_person, capacity)
    await limit(scope, client.receive, client.send)
    start, *pieces = client.answered
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    assert headers["connection"] == "close"
    return start["status"], headers, b"".join(piece["body"] for piece in pieces).decode()


async def stranger(scope: Any) -> None:
    return None


def sentence(body: str) -> str:
    error: str = json.loads(body)["error"]
    return error


@pytest.mark.parametrize(
    ("name", "size", "limit"),
    [("account_login", SMALL + 1, "16 KB"), ("messages", LARGE + 1, "64 MB")],
)
async def test_a_body_that_is_too_large(name: str, size: int, limit: str) -> None:
    status, headers, page = await answer_to(name, size, "text/html")
    _, _, answer = await answer_to(name, size, "application/json")

    assert status == TOO_LARGE
    assert KEPT in page
    assert f"You can send at most {limit} here." in page
    assert f"You can send at most {limit} here." in sentence(answer)
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert re.search(r"<link[^>]+stylesheet", page)


async def test_a_body_without_capacity_is_refused() -> None:
    full = Capacity(total=0, share=0, patience=0)

    status, headers, page = await answer_to("messages", LARGE, "text/html", capacity=full)
    _, _, answer = await answer_to("messages", LARGE, "application/json", capacity=full)

    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert headers["retry-after"] == "3"
    assert KEPT in page
    assert sentence(answer).endswith("Try again in a moment.")


async def test_a_body_that_arrives_too_slowly() -> None:
    status, _, page = await answer_to("messages", LARGE, "text/html")
    _, _, answer = await answer_to("messages", LARGE, "application/json")

    assert status == HTTPStatus.REQUEST_TIMEOUT
    assert KEPT in page
    assert "too slow" in sentence(answer)


async def test_a_body_of_a_stranger(owner: Person) -> None:
    status, _, answer = await answer_to("messages", LARGE, "application/json", stranger)
    _, headers, _ = await answer_to("messages", LARGE, "text/html", stranger)

    assert status == HTTPStatus.UNAUTHORIZED
    assert "You're signed out" in sentence(answer)
    assert headers["location"] == f"/account/sign-in/?next={url('messages')}"


async def test_a_body_before_anybody_has_an_account() -> None:
    _, headers, _ = await answer_to("messages", LARGE, "text/html", stranger)

    assert headers["location"] == "/welcome/"
