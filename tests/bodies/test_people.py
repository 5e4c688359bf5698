"""Large bodies that people who are signed in send to a real server."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import httpx
import pytest

from tests.bodies.memory import memory
from tests.bodies.raw_http import MULTIPART, post
from tests.support.session import Session
from tests.system.app import App, running_app

EMOJI = "🦩"
JSON = {"Accept": "application/json"}
MESSAGES = "/c/0ded57bd-6672-403d-a92d-870f6309903a/messages"
GUEST = "guest@example.com"
END_OF_SESSIONS = "UPDATE django_session SET expire_date = '2026-01-01 00:00:00'"
SET_ACTIVE = f"UPDATE accounts_person SET is_active = :active WHERE email = '{GUEST}'"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("bodies"), CHAT_DEMO_RATE="400") as app:
        app.add_person(GUEST)
        yield app


async def send(person: Session, text: str, accept: str = "application/json") -> httpx.Response:
    """Begin a conversation, as the page's form does."""
    path = f"/c/{uuid4()}/messages"
    return await post_form(person, path, accept, client_id=str(uuid4()), text=text)


async def post_form(
    person: Session, path: str, accept: str = "application/json", **fields: str
) -> httpx.Response:
    fields["csrfmiddlewaretoken"] = person.http.cookies["csrftoken"]
    files = {name: (None, value) for name, value in fields.items()}
    return await person.http.post(path, files=files, headers={"Accept": accept})


def cookies_of(person: Session) -> str:
    return "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())


@contextmanager
def trickle(person: Session) -> Iterator[socket.socket]:
    """A large upload that has begun and doesn't go on."""
    port = httpx.URL(person.url).port
    head = (
        f"POST /images/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: {MULTIPART}\r\nContent-Length: {50 * 1024**2}\r\n"
        f"Cookie: {cookies_of(person)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(head.encode())
        # The server asks for the body once there is room for it.
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"--b\r\n")
        yield connection


async def test_the_longest_message_arrives_and_a_longer_one_is_refused_with_a_sentence(
    app: App,
) -> None:
    async with Session.signed_in(app.url) as person:
        fits = await send(person, EMOJI * 1_000_000)
        over = await send(person, EMOJI * 1_000_001)
        page = await send(person, EMOJI * 1_000_001, accept="text/html")

    assert fits.status_code == 201
    assert over.status_code == page.status_code == 422
    assert "1,000,001 characters" in over.json()["error"]
    assert "1,000,001 characters" in page.text
    assert EMOJI * 1_000_001 in page.text


async def test_a_long_text_that_is_not_multipart_is_refused_with_a_sentence(app: App) -> None:
    async with Session.signed_in(app.url) as person:
        answer = await person.post(MESSAGES, client_id=str(uuid4()), text="x" * 20_000)

    assert answer.status_code == 413
    assert "You can send at most 16 KB here" in answer.json()["error"]


async def test_a_large_image_arrives(app: App) -> None:
    async with Session.signed_in(app.url) as person:
        answer = await person.http.post(
            "/images/",
            data={"csrfmiddlewaretoken": person.http.cookies["csrftoken"]},
            files={"image": ("a.png", bytes(49 * 1024**2))},
            headers=JSON,
        )

    assert answer.status_code == 422  # it was read, and is no image


@pytest.mark.long
async def test_one_person_does_not_keep_others_from_sending(app: App) -> None:
    """Slow uploads take the room of the person who sends them."""
    async with Session.signed_in(app.url) as slow, Session.signed_in(app.url, GUEST) as guest:
        with ExitStack() as stack:
            for _ in range(2):
                stack.enter_context(trickle(slow))
            accepted = await send(guest, EMOJI * 1_000_000)
            refused = await send(slow, EMOJI * 1_000_000)

        again = await send(slow, EMOJI * 1_000_000)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "busy with other uploads. Try again" in refused.json()["error"]
    assert accepted.status_code == again.status_code == 201


@pytest.mark.long
async def test_long_texts_one_after_another_do_not_add_up(app: App) -> None:
    """The costliest ones: an emoji makes every letter take four bytes."""
    sizes = []
    async with Session.signed_in(app.url) as person:
        for edit in range(40):
            place = {"client_id": str(uuid4()), "tab": str(uuid4()), "edit": str(edit)}
            answer = await post_form(person, "/draft", text="x" * 5_000_000 + EMOJI, **place)
            assert answer.status_code == 422
            sizes.append(memory(app))

    assert max(sizes) - max(sizes[:10]) < 30


@pytest.mark.parametrize("what", ["deactivated", "expired"])
async def test_an_ended_session_may_send_no_large_body(app: App, what: str) -> None:
    async with Session.signed_in(app.url, GUEST) as person:
        app.execute(SET_ACTIVE if what == "deactivated" else END_OF_SESSIONS, active=0)
        body, cookies = bytes(4 * 1024**2), cookies_of(person)
        answer = post(app.port, MESSAGES, body, MULTIPART, Cookie=cookies, **JSON)
        app.execute(SET_ACTIVE, active=1)

    assert answer.status == 401
    assert b"your text is kept" in answer.body
