"""How much of a body is read: by page, by kind of form, and by who sends it."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import OperationalError
from django.urls import get_resolver

from chatapp.chat.forms.settings import MAX_INSTRUCTIONS
from chatapp.images.processing import MAX_UPLOAD_BYTES
from chatapp.server.bodies import body as bodies
from chatapp.server.bodies.body import Refusal
from chatapp.server.bodies.limit import REFUSAL, BodyLimit
from tests.bodies.kit import Application, Client, ada, exchange, request, url

SMALL = configured.MAX_BODY_BYTES
TEXT = configured.DATA_UPLOAD_MAX_MEMORY_SIZE
IDS = {"conversation_id": uuid4(), "image_id": uuid4(), "pk": 1}
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def stranger(scope: Any) -> None:
    return None


async def nobody_may_be_looked_up(scope: Any) -> None:
    raise AssertionError("A small body needs no session")


SIGN_IN = "account_login"
LARGE = configured.LARGE_BODY_BYTES


def test_the_limits_of_pages_allow_their_purpose() -> None:
    text = configured.MAX_MESSAGE_CHARACTERS * 4  # bytes; an emoji has four
    form_around_it = 64 * 1024

    assert text + form_around_it <= LARGE["draft"] == LARGE["conversation-draft"]
    assert text + form_around_it <= TEXT <= LARGE["messages"] == LARGE["edit"]
    assert MAX_UPLOAD_BYTES + form_around_it <= LARGE["images"] == LARGE["documents"]
    assert MAX_INSTRUCTIONS * 4 + form_around_it <= min(LARGE["settings"], LARGE["defaults"])
    assert SMALL <= 64 * 1024
    assert max(LARGE.values()) <= 64 * 1024**2


@pytest.mark.parametrize(
    ("name", "chunked"),
    [
        *((name, False) for name in LARGE),
        ("draft", True),
        *(pytest.param(name, True, marks=pytest.mark.long) for name in LARGE if name != "draft"),
    ],
)
async def test_a_person_may_send_exactly_as_much_as_the_page_accepts(
    name: str, chunked: bool
) -> None:
    limit = LARGE[name]

    fits, application = await exchange(request(url(name), None if chunked else limit), limit)
    over, _ = await exchange(request(url(name), None if chunked else limit + 1), limit + 1)

    assert (fits.status, application.bodies) == (HTTPStatus.OK, [limit])
    assert over.status == TOO_LARGE
    assert over.read == (
        limit + 1 if chunked else min(limit + 1, bodies.MAX_DROPPED_STRANGER_BYTES)
    )


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", LARGE)
async def test_a_stranger_is_refused_before_more_is_read(name: str, chunked: bool) -> None:
    scope = request(url(name), None if chunked else LARGE[name])

    client, application = await exchange(scope, LARGE[name], stranger)

    assert client.status == HTTPStatus.UNAUTHORIZED
    assert application.bodies == [0]  # of the refused request that is answered
    assert client.read <= 1024**2


@pytest.mark.parametrize("kind", [b"application/x-www-form-urlencoded", b"text/plain", b""])
@pytest.mark.parametrize("name", LARGE)
async def test_large_bodies_are_accepted_only_as_multipart(name: str, kind: bytes) -> None:
    client, application = await exchange(request(url(name), SMALL + 1, kind), SMALL + 1)

    assert client.status == TOO_LARGE
    assert application.scopes[0][REFUSAL] == Refusal(TOO_LARGE, SMALL)


async def test_two_content_types_are_none() -> None:
    scope = request(url("messages"), SMALL + 1)
    scope["headers"].insert(0, (b"content-type", b"application/x-www-form-urlencoded"))

    assert (await exchange(scope, SMALL + 1))[0].status == TOO_LARGE


def every_other_page() -> list[str]:
    named = get_resolver().reverse_dict
    return sorted(name for name in named if isinstance(name, str) and name not in LARGE)


@pytest.mark.parametrize("name", every_other_page())
async def test_any_other_page_accepts_a_small_body(name: str) -> None:
    [(pattern, names)] = get_resolver().reverse_dict.getlist(name)[0][0]
    values = {
        key: "x" if key in ("token", "name", "uidb36", "key") else IDS.get(key, uuid4())
        for key in names
    }
    scope = request("/" + pattern % values, SMALL + 1)

    assert (await exchange(scope, SMALL + 1))[0].status == TOO_LARGE


@pytest.mark.parametrize("path", ["/nowhere", "/\0", "/c/x/messages", "//messages", ""])
async def test_an_unknown_page_accepts_a_small_body(path: str) -> None:
    client, _ = await exchange(request(path, SMALL + 1), SMALL + 1)

    assert client.status == TOO_LARGE


async def test_other_methods_take_a_small_body() -> None:
    client, _ = await exchange(request(url("messages"), SMALL + 1, method="PUT"), SMALL + 1)

    assert client.status == TOO_LARGE


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", [SIGN_IN, "messages", "theme"])
async def test_a_small_body_is_read_without_looking_up_its_person(name: str, chunked: bool) -> None:
    scope = request(url(name), None if chunked else SMALL)

    client, application = await exchange(scope, SMALL, nobody_may_be_looked_up)

    assert (client.status, application.bodies) == (HTTPStatus.OK, [SMALL])


@pytest.mark.parametrize("length", [b"10", b"-5", b"1e9", b"", b"\xb2", b"9" * 5000])
async def test_received_bytes_are_counted_whatever_was_declared(length: bytes) -> None:
    scope = request(url(SIGN_IN), 0)
    scope["headers"][1] = (b"content-length", length)

    client, _ = await exchange(scope, 22 * 1024**2)

    assert client.status == TOO_LARGE
    assert client.read <= 1024**2


async def test_an_endless_body_is_stopped_and_the_connection_closed() -> None:
    client, _ = await exchange(request(url(SIGN_IN), None), 10**12)

    start, *body = client.answered
    assert start["status"] == TOO_LARGE
    assert (b"connection", b"close") in start["headers"]
    assert [event["more_body"] for event in body] == [True, False]
    assert client.read <= 1024**2


async def test_a_refused_request_is_answered_like_one_without_a_body() -> None:
    scope = request(url(SIGN_IN), SMALL + 1)
    scope["headers"] += [(b"cookie", b"a=b"), (b"accept", b"application/json")]

    _, application = await exchange(scope, SMALL + 1)

    [answered] = application.scopes
    assert answered["headers"] == [(b"cookie", b"a=b"), (b"accept", b"application/json")]


async def test_a_client_that_sends_nothing_more_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "MAX_LINGER_SECONDS", 0.01)
    client = Client(-1)
    scope = request(url(SIGN_IN), SMALL + 1)

    async with asyncio.timeout(5):
        await BodyLimit(Application(), ada)(scope, client.receive, client.send)

    assert client.answered[-1]["more_body"] is False


async def test_a_database_outage_gets_503() -> None:
    async def away(scope: Any) -> None:
        raise OperationalError

    client, _ = await exchange(request(url("messages"), TEXT), TEXT, away)

    assert client.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert client.read <= 1024**2
