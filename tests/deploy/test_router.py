"""The rehearsal's router: which dyno gets a request, and how its headers change."""

import asyncio
import uuid

import httpx
import pytest

from tests.deploy.conftest import Streams
from tests.fetching.site import Site, reply
from tests.rehearsal.router import Router
from tests.servers.ports import free_port


async def test_each_request_of_a_connection_goes_to_a_random_dyno(
    router: Router, http: httpx.AsyncClient
) -> None:
    async with Site(reply("200 OK", b"one")) as one, Site(reply("200 OK", b"two")) as two:
        router.dynos = [one.port, two.port]

        answers = {(await http.get("/")).text for _ in range(40)}

    assert answers == {"one", "two"}
    assert router.connections == 1


async def test_a_dyno_that_refuses_connections_is_skipped(
    router: Router, http: httpx.AsyncClient
) -> None:
    async with Site(reply("200 OK")) as site:
        router.dynos = [free_port(), site.port]

        assert {(await http.get("/")).status_code for _ in range(10)} == {200}
    assert router.codes == []


async def test_a_client_gets_h21_when_no_dyno_accepts_the_connection(
    router: Router, http: httpx.AsyncClient
) -> None:
    router.dynos = [free_port(), free_port()]

    refused = await http.post("/", content=bytes(3_000_000))

    assert refused.status_code == 503
    assert refused.headers["content-type"] == "text/plain"
    assert "H21" in refused.text
    assert router.codes == ["H21"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_client_gets_h14_without_dynos(
    router: Router, http: httpx.AsyncClient, method: str
) -> None:
    assert (await http.request(method, "/")).status_code == 503
    assert router.codes == ["H14"]


async def test_the_dyno_gets_the_origin_of_a_request(
    router: Router, http: httpx.AsyncClient
) -> None:
    forged = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "http", "Via": "1.0 house"}
    async with Site(reply("200 OK")) as site:
        router.dynos = [site.port]

        answered = await http.get("/", headers={"Host": "chat.example.com", **forged})

    told = site.headers()
    assert len(told) == site.requests[0].count("\r\n")  # each once
    assert told["host"] == "chat.example.com"
    assert told["x-forwarded-for"] == "10.9.8.7, 127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert told["x-forwarded-port"] == router.url.rsplit(":", 1)[1]
    assert told["via"] == "1.0 house, 1.1 router"
    assert answered.headers["via"] == "1.1 router"


async def test_headers_about_one_connection_are_not_forwarded(
    router: Router, http: httpx.AsyncClient
) -> None:
    of_this = {"Connection": "keep-alive, X-Mine", "Keep-Alive": "timeout=5", "X-Mine": "yes"}
    async with Site(reply("200 OK", Connection="close, X-Its", X_Its="yes", X_Other="no")) as site:
        router.dynos = [site.port]
        answered = await http.get("/", headers={**of_this, "X-Other": "no"})

    assert not {"connection", "keep-alive", "x-mine"} & site.headers().keys()
    assert not {"connection", "x-its"} & answered.headers.keys()
    assert site.headers()["x-other"] == answered.headers["x-other"] == "no"


async def test_the_dyno_learns_that_a_request_had_no_tls(router: Router) -> None:
    async with Site(reply("200 OK")) as site, httpx.AsyncClient() as plain:
        router.dynos = [site.port]

        await plain.get(router.plain_url)

    assert site.headers()["x-forwarded-proto"] == "http"
    assert site.headers()["x-forwarded-port"] == router.plain_url.rsplit(":", 1)[1]


@pytest.mark.parametrize("given", ["a" * 20, "Zz+/=-09" * 25])
async def test_a_valid_request_id_is_kept(
    router: Router, http: httpx.AsyncClient, given: str
) -> None:
    async with Site(reply("200 OK")) as site:
        router.dynos = [site.port]
        await http.get("/", headers={"X-Request-Id": given})

    assert site.headers()["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a" * 19, "a" * 201, "with_underscores_in_it"])
async def test_any_other_request_id_is_replaced(
    router: Router, http: httpx.AsyncClient, given: str
) -> None:
    async with Site(reply("200 OK")) as site:
        router.dynos = [site.port]
        await http.get("/", headers={"X-Request-Id": given})

    assert uuid.UUID(site.headers()["x-request-id"]).version == 4


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"cookie": "a" * (8_193 - len("cookie: "))}),
        ("/" + "a" * (8_193 - len("GET / HTTP/1.1")), {}),
    ],
)
async def test_a_header_line_that_is_too_long_reaches_no_dyno(
    router: Router, http: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    async with Site(reply("200 OK")) as site:
        router.dynos = [site.port]

        assert (await http.get(path, headers=headers)).status_code == 400
        assert site.requests == []
    assert router.codes == ["H26"]


async def test_the_longest_allowed_lines_pass(router: Router, http: httpx.AsyncClient) -> None:
    cookie, path = "a" * (8_192 - len("cookie: ")), "a" * (8_192 - len("GET / HTTP/1.1"))
    async with Site(reply("200 OK")) as site:
        router.dynos = [site.port]
        assert (await http.get(f"/{path}", headers={"cookie": cookie})).status_code == 200

    assert site.headers()["cookie"] == cookie


async def test_connections_of_clients_are_counted_while_they_are_open(
    router: Router, http: httpx.AsyncClient, connection: Streams
) -> None:
    reader, writer = connection
    await http.get("/")
    assert router.connections == 2

    writer.write_eof()
    assert await reader.read() == b""
    await http.get("/")
    assert router.connections == 1


async def test_a_request_before_the_answer_to_the_last_one_is_served_next(
    router: Router, http: httpx.AsyncClient, connection: Streams
) -> None:
    is_continuation = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        await is_continuation.wait()
        writer.write(reply("200 OK", b"one"))

    reader, writer = connection
    async with Site(answer, reply("200 OK", b"two")) as site, Site(reply("200 OK")) as other:
        router.dynos = [site.port]
        writer.write(b"GET /one HTTP/1.1\r\nHost: a\r\n\r\n")
        await site.asked.wait()
        writer.write(b"GET /two HTTP/1.1\r\nHost: a\r\n\r\n")
        router.dynos = [other.port]
        await http.get("/")  # by now the router has read it
        router.dynos = [site.port]
        is_continuation.set()

        await reader.readuntil(b"one")
        await reader.readuntil(b"two")
    assert [request.split()[1] for request in site.requests] == ["/one", "/two"]
