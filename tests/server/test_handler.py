"""What the app's own handler keeps of Django's: all checks, in their order, before every view."""

from uuid import uuid4

import pytest
from django.conf import settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Message
from chatapp.server import middleware
from tests.server.served import HOST, answer
from tests.support.people import PASSWORD
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"accept": "text/html"}
# One view of each kind: /draft is synchronous, messages are asynchronous.
PATHS = ["/draft", "/c/0ded57bd-6672-403d-a92d-870f6309903a/messages"]
OTHER_TOKEN = "1" * 32


@pytest.fixture
async def session(owner: Person) -> str:
    return str((await Tab.of(owner)).client.cookies["sessionid"].value)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"x-csrftoken": ""},
        {"x-csrftoken": OTHER_TOKEN},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
)
async def test_a_request_from_another_site_is_refused(
    session: str, path: str, headers: dict[str, str]
) -> None:
    fields = {"client_id": uuid4(), "text": "Hello"}
    refused = await answer("POST", path, session, fields, headers)

    assert refused.status == 403
    assert b"This page has expired" in refused.body
    assert not await Message.objects.aexists()


@pytest.mark.parametrize("path", PATHS)
async def test_a_stranger_gets_nothing(path: str, owner: Person) -> None:
    assert (await answer("POST", path)).status == 401
    assert (await answer("POST", path, headers=PAGE)).status == 302


@pytest.mark.parametrize("path", ["/healthz", *PATHS])
async def test_an_unknown_host_is_refused(
    session: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [HOST])

    assert (await answer("GET", path, session, headers={"host": "evil.example"})).status == 400


@pytest.mark.parametrize("path", ["/", *PATHS])
async def test_every_answer_has_the_headers_of_all_middleware(session: str, path: str) -> None:
    received = await answer("GET", path, session)

    assert received.all("cache-control") == ["private, no-store"]
    assert received.all("x-frame-options") == ["DENY"]
    assert received.all("x-content-type-options") == ["nosniff"]
    assert received.all("referrer-policy") == ["same-origin"]
    assert "default-src 'none'" in received.all("content-security-policy")[0]
    assert "Cookie" in received.all("vary")[0]
    assert "person" in "".join(received.all("set-cookie"))


async def test_a_sign_in_saves_the_session_and_protects_its_cookie(owner: Person) -> None:
    fields = {"login": owner.email, "password": PASSWORD}
    received = await answer("POST", "/account/sign-in/", fields=fields)

    name = settings.SESSION_COOKIE_NAME
    [cookie] = [each for each in received.all("set-cookie") if each.startswith(f"{name}=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    key = cookie.partition("=")[2].partition(";")[0]
    assert (await answer("GET", "/draft", key)).status == 200


async def test_an_error_in_a_view_is_our_error_page(
    session: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise ValueError("A mistake")

    monkeypatch.setattr("chatapp.chat.views.drafts.draft_state", fail)
    received = await answer("GET", "/draft", session)

    assert received.status == 500
    assert "A mistake" in caplog.text
    assert received.all("cache-control") == ["private, no-store"]


@pytest.mark.parametrize("limit", [0, 10**9])
async def test_short_and_long_pages_are_compressed(
    session: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "MAX_BYTES_ON_LOOP", limit)
    headers = {**PAGE, "accept-encoding": "gzip"}
    received = await answer("GET", "/", session, headers=headers)

    assert received.all("content-encoding") == ["gzip"]
    assert received.body[:2] == b"\x1f\x8b"
    assert received.all("content-length") == [str(len(received.body))]
