"""Handshakes that are refused: quietly, and without looking anything up."""

import logging
from unittest.mock import patch

import pytest
from django.db import DatabaseError

from chatapp.accounts.models import Person
from chatapp.realtime import consumers
from tests.support.tab import Socket, Tab

pytestmark = pytest.mark.django_db(transaction=True)
CLOSED = {"type": "websocket.close"}
GET_USER = "chatapp.accounts.sessions.signed_in_person"


@pytest.mark.parametrize("path", ["/", "/ws", "/ws/x", "//ws/", "/c/1/", "/ws/%00", "/static/ws/"])
async def test_a_socket_at_another_path_is_refused(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with patch(GET_USER, side_effect=AssertionError("looked up")):
        assert await Socket("invented", path=path).open() == CLOSED
    assert not caplog.records


@pytest.mark.parametrize(
    "origin",
    [
        "http://[127.0.0.1:1]",
        "http://[",
        "http://testserver]",
        "http://[::1",
        "null",
        "",
        "testserver",
        "http://testserver@evil.example",
        "http://evil.example#testserver",
        "http://testserver, http://evil.example",
        "\u00ff\u0000",
    ],
)
async def test_a_malformed_or_foreign_origin_is_refused(
    origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    with patch(GET_USER, side_effect=AssertionError("looked up")):
        assert await Socket("invented", origin=origin).open() == CLOSED
    assert not caplog.records


@pytest.mark.parametrize("cookie", ["invented", "\0", "x" * 3000, "é", '"', "a;sessionid=b"])
async def test_an_invented_session_is_told_to_sign_in(cookie: str) -> None:
    socket = Socket(cookie)

    assert (await socket.open())["type"] == "websocket.accept"
    assert (await socket.message())["code"] == 4401
    await socket.close()


async def test_without_a_database_a_socket_is_refused_with_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with patch(GET_USER, side_effect=DatabaseError):
        assert await Socket("invented").open() == CLOSED

    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert record.exc_info is None


async def test_the_sockets_of_a_person_are_bounded(
    owner: Person, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "MAX_SOCKETS", 2)
    tab, other = await Tab.of(owner), await Tab.of(member)
    async with tab.listening(), tab.listening():
        assert await Socket(tab.client.cookies["sessionid"].value).open() == CLOSED
        async with other.listening():
            pass
    async with tab.listening():
        pass
