"""A link is looked up once, checked, and the connection goes to what was checked."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address

import pytest

from chatapp.fetching import NameUnknown, NotPublic, SiteRefused, Unreachable, fetch, network
from chatapp.fetching.addresses import is_public
from chatapp.fetching.links import parse
from chatapp.fetching.network import MAX_ADDRESSES, Network, is_external

from .site import LOOPBACK, Names, Site, opened, reply
from .test_addresses import HOSTILE

LINK = "http://images.example.com/a.png"
IMAGE = reply("200 OK", b"an image", Content_Type="image/png")


def strictly(*addresses: str) -> Network:
    """The strict network, in which the name of LINK has these addresses."""
    return Network(Names(images_example_com=[addresses]))


async def test_the_content_is_returned_unchanged() -> None:
    async with Site(IMAGE) as site:
        fetched = await fetch(site.url("/a.png?b=c#d"), network=opened(site))
    assert fetched.content == b"an image"
    assert fetched.content_type == "image/png"
    assert fetched.final_url == site.url("/a.png?b=c")


async def test_the_request_reveals_nothing_about_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Site(IMAGE) as site:
        await fetch(site.url("/a.png"), accept="image/*", network=opened(site))
    assert site.requests[0].startswith("GET /a.png HTTP/1.1\r\n")
    headers = site.headers()
    assert headers.pop("user-agent").startswith("chatapp/")
    assert headers.pop("connection") == "close"
    assert headers == {
        "host": f"images.example.com:{site.port}",
        "accept": "image/*",
        "accept-encoding": "identity",
    }


async def test_escapes_in_a_link_stay_escapes() -> None:
    async with Site(IMAGE) as site:
        await fetch(site.url("/%0d%0aX-Injected:%201?%0aa"), network=opened(site))
    assert "x-injected" not in site.headers()
    assert site.requests[0].startswith("GET /%0d%0aX-Injected:%201?%0aa HTTP/1.1\r\n")


async def test_a_name_is_looked_up_once() -> None:
    """A name server that first says something public, then something private, gains nothing."""
    names = Names(images_example_com=[[LOOPBACK], ["10.0.0.1"], ["169.254.169.254"]])
    async with Site(IMAGE) as site:
        fetched = await fetch(site.url(), network=opened(site, names=names))
    assert fetched.content == b"an image"
    assert names.asked == ["images.example.com"]


async def test_the_connection_goes_to_the_address_without_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect, lookup = socket.socket.connect, socket.getaddrinfo
    reached: list[object] = []
    asked: list[object] = []

    def watched_connect(self: socket.socket, address: object) -> None:
        reached.append(address)
        connect(self, address)  # type: ignore[arg-type]

    def watched_lookup(host: str, *args: object, **options: object) -> object:
        asked.append(host)
        return lookup(host, *args, **options)  # type: ignore[arg-type]

    async with Site(IMAGE) as site:
        monkeypatch.setattr(socket.socket, "connect", watched_connect)
        monkeypatch.setattr(socket, "getaddrinfo", watched_lookup)
        await fetch(site.url(), network=opened(site))
    assert reached == [(LOOPBACK, site.port)]
    assert not asked


@pytest.mark.parametrize("address", HOSTILE.split())
async def test_a_name_for_a_hostile_address_is_refused(address: str) -> None:
    with pytest.raises(NotPublic) as refused:
        await fetch(LINK, network=strictly(address))
    assert not refused.value.may_pass_on
    assert address not in refused.value.sentence


@pytest.mark.parametrize("address", HOSTILE.split())
async def test_a_name_with_one_hostile_address_is_refused(address: str) -> None:
    names = Names(images_example_com=[["93.184.215.14", "2606:4700:4700::1111", address]])
    with pytest.raises(NotPublic):
        await fetch(LINK, network=Network(names, permits=lambda found, _: is_public(found)))


async def test_another_port_of_an_opened_address_stays_closed() -> None:
    async with Site(IMAGE) as site, Site(IMAGE) as other:
        with pytest.raises(NotPublic):
            await fetch(other.url(), network=opened(site))
    assert not other.requests


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    names = Names(images_example_com=[["127.0.0.2", LOOPBACK]])
    async with Site(IMAGE) as site:
        with pytest.MonkeyPatch.context() as patch:
            refuse_connections_to(patch, "127.0.0.2")
            fetched = await fetch(site.url(), network=Network(names, permits=lambda *_: True))
    assert fetched.content == b"an image"


def refuse_connections_to(patch: pytest.MonkeyPatch, address: str) -> None:
    connect = socket.socket.connect

    def refusing(self: socket.socket, target: tuple[str, int]) -> None:
        if target[0] == address:
            raise ConnectionRefusedError
        connect(self, target)

    patch.setattr(socket.socket, "connect", refusing)


async def test_few_of_many_addresses_are_tried() -> None:
    many = [f"93.184.215.{last}" for last in range(200)]
    network = Network(Names(images_example_com=[many]), permits=lambda *_: True)
    assert len(await network.locate(parse(LINK))) == MAX_ADDRESSES


@pytest.mark.parametrize("addresses", [[], None])
async def test_a_name_without_addresses(addresses: list[str] | None) -> None:
    names = Names() if addresses is None else Names(images_example_com=[addresses])
    with pytest.raises(NameUnknown) as refused:
        await fetch(LINK, network=Network(names))
    assert not refused.value.may_pass_on


async def test_names_are_resolved_as_absolute_in_own_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[object, str]] = []

    def answer(host: object, port: int, **_: object) -> list[object]:
        asked.append((host, threading.current_thread().name.rpartition("_")[0]))
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:4700::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert await network.resolve("example.com", 443) == ["2606:4700::1", "93.184.215.14"]
    assert asked == [(b"example.com.", "resolver")]


def test_this_machine_is_not_external_by_its_public_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Socket(socket.socket):
        """A datagram socket of a machine whose own address is 93.184.215.14."""

        def connect(self, address: object) -> None:
            assert self.type == socket.SOCK_DGRAM

        def getsockname(self) -> tuple[str, int]:
            return "93.184.215.14", 1234

    monkeypatch.setattr(socket, "socket", Socket)
    assert not is_external(ip_address("93.184.215.14"), 443)
    assert is_external(ip_address("93.184.215.15"), 443)
    assert not is_external(ip_address("10.0.0.1"), 443)


@pytest.mark.parametrize("status", [201, 204, 300, 304, 401, 403, 404, 410, 429, 451, 500, 503])
async def test_other_answers_are_refusals_of_the_site(status: int) -> None:
    async with Site(reply(f"{status} No", Location="http://10.0.0.1/")) as site:
        with pytest.raises(SiteRefused) as refused:
            await fetch(site.url(), network=opened(site))
    assert refused.value.status == status
    assert refused.value.may_pass_on


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"-ERR unknown command 'GET'\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut short",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\ncut short",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno number",
        b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
async def test_an_incomplete_http_answer_is_refused(answer: bytes) -> None:
    async with Site(answer) as site:
        with pytest.raises((Unreachable, SiteRefused)) as refused:
            await fetch(site.url(), network=opened(site))
    assert refused.value.may_pass_on


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (203, {}),
        (206, {}),
        (206, {"Content_Range": "bytes 0-7/8"}),
        (206, {"Content_Range": "Bytes  0-7/8"}),
    ],
)
async def test_whole_content_by_another_status_is_accepted(
    status: int, headers: dict[str, str]
) -> None:
    async with Site(reply(f"{status} Fine", b"an image", **headers)) as site:
        assert (await fetch(site.url(), network=opened(site))).content == b"an image"


@pytest.mark.parametrize("span", ["bytes 0-7/9", "bytes 1-8/9", "bytes 0-7/*", "nonsense"])
async def test_a_part_of_the_content_is_refused(span: str) -> None:
    async with Site(reply("206 Partial Content", b"an image", Content_Range=span)) as site:
        with pytest.raises(SiteRefused):
            await fetch(site.url(), network=opened(site))


async def test_a_closed_port() -> None:
    async with Site(IMAGE) as site:
        pass
    with pytest.raises(Unreachable) as refused:
        await fetch(site.url(), network=opened(site))
    assert refused.value.may_pass_on


async def test_the_connection_is_closed_afterwards() -> None:
    async with Site(IMAGE) as site:
        await fetch(site.url(), network=opened(site))
        await site.client_left.wait()
