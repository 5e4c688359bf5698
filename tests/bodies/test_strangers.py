"""Large bodies that strangers send to a real server."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.bodies.memory import Watch
from tests.bodies.raw_http import MULTIPART, URLENCODED, post
from tests.system.app import App, running_app

# Django parses a form only to compare its token with the one in this cookie.
INVENTED = "sessionid=invented; csrftoken=" + "a" * 32
SIGN_IN = "/account/sign-in/"
MESSAGES = "/c/0ded57bd-6672-403d-a92d-870f6309903a/messages"
AT_ONCE = 8
ROUNDS = 10  # at most; on a busy machine some take longer for other reasons
MAX_GROWTH = 30  # MB
MAX_DELAY = 0.1  # seconds
JSON = {"Accept": "application/json"}

# The form that took 564 MB: twelve bytes for each emoji.
FORM = b"text=" + b"%F0%9F%98%80" * 1_900_000
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="images"; filename="a.png"\r\n\r\n'
    + bytes(60 * 1024**2)
    + b"\r\n--b--\r\n"
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("bodies"), CHAT_DEMO_RATE="400") as app:
        for page in (SIGN_IN, "/healthz"):
            httpx.get(app.url + page)
        post(app.port, SIGN_IN, b"text=warm", Cookie=INVENTED)
        yield app


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        (SIGN_IN, FORM, URLENCODED),
        (MESSAGES, FORM, URLENCODED),
        (SIGN_IN, FILE, MULTIPART),
        ("/nowhere", FILE, MULTIPART),
    ],
)
def test_a_stranger_with_an_invented_session_is_not_read(
    app: App, path: str, body: bytes, kind: str, chunked: bool
) -> None:
    with Watch(app) as watch:
        answer = post(app.port, path, body, kind, chunked=chunked, Cookie=INVENTED)

    assert watch.growth < MAX_GROWTH
    assert answer.sent < len(body)
    assert answer.status == (404 if path == "/nowhere" else 413)


@pytest.mark.parametrize("path", [MESSAGES, "/images/", "/documents/", "/draft"])
def test_a_stranger_must_sign_in_before_a_file_is_read(app: App, path: str) -> None:
    size = 4 * 1024**2
    script = post(app.port, path, FILE[:size], MULTIPART, Cookie=INVENTED, **JSON)
    page = post(app.port, path, FILE[:size], MULTIPART, Cookie=INVENTED)

    assert script.status == 401
    assert "your text is kept" in json.loads(script.body)["error"]
    assert page.status == 302
    assert f"location: /account/sign-in/?next={path}" in page.head


def test_eight_large_forms_at_once_cost_neither_memory_nor_a_neighbours_time(app: App) -> None:
    worst: list[float] = []
    statuses: set[int] = set()
    with (
        ThreadPoolExecutor(AT_ONCE) as pool,
        httpx.Client(base_url=app.url) as neighbour,
        Watch(app) as watch,
    ):
        while len(worst) < ROUNDS and min(worst, default=1) > MAX_DELAY:
            answers = [
                pool.submit(post, app.port, SIGN_IN, FORM, Cookie=INVENTED) for _ in range(AT_ONCE)
            ]
            delays = []
            while not delays or not all(answer.done() for answer in answers):
                began = time.monotonic()
                assert neighbour.get(SIGN_IN).status_code == 200
                delays.append(time.monotonic() - began)
            worst.append(max(delays))
            statuses |= {answer.result().status for answer in answers}

    assert watch.growth < MAX_GROWTH
    assert min(worst) < MAX_DELAY
    assert statuses == {413}


def test_the_costliest_small_forms_at_once_cost_little(app: App) -> None:
    """Django parses these before it asks who sends them."""
    size = 16 * 1024 - 100
    part = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    bodies = [
        (b"a&" * (size // 2), URLENCODED),
        (b"text=" + b"%F0%9F%98%80" * (size // 12), URLENCODED),
        (part * (size // len(part)) + b"--b--\r\n", MULTIPART),
        (b"--b\r\n\r\n\r\n" * (size // 9), MULTIPART),
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool, Watch(app) as watch:
        for body, kind in bodies * 2:
            asked = [
                pool.submit(post, app.port, SIGN_IN, body, kind, Cookie=INVENTED)
                for _ in range(AT_ONCE)
            ]
            assert {answer.result().status for answer in asked} <= {400, 403}

    assert watch.growth < MAX_GROWTH


def test_bytes_after_a_refused_body_are_no_request(app: App) -> None:
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    answer = post(app.port, SIGN_IN, b"x" * 20_000 + smuggled * 9, Cookie=INVENTED, more=smuggled)

    assert answer.status == 413
    assert b"HTTP/1.1" not in answer.body


def test_an_old_client_is_answered(app: App) -> None:
    answer = post(app.port, SIGN_IN, FORM[:100_000], version="1.0", Cookie=INVENTED)

    assert answer.status == 413


def test_both_lengths_at_once_are_no_way_around(app: App) -> None:
    """A small Content-Length beside chunks."""
    answer = post(app.port, SIGN_IN, FORM, chunked=True, Cookie=INVENTED, Content_Length="5")

    assert answer.status in (400, 413)
    assert answer.sent < len(FORM)
