"""Each redirect is held to the rules of the first link."""

from __future__ import annotations

import pytest

from chatapp.fetching import BadLink, BadRedirect, FetchError, NotPublic, fetch

from .site import LOOPBACK, Names, Site, opened, redirect, reply
from .test_links import DISGUISED

IMAGE = reply("200 OK", b"an image")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(status: int) -> None:
    async with Site(IMAGE) as last, Site(redirect("/ignored")) as first:
        first.answers = (redirect(last.url("/b.png", "cdn.example.net"), f"{status} Moved"),)
        names = Names(images_example_com=[[LOOPBACK]], cdn_example_net=[[LOOPBACK]])
        fetched = await fetch(first.url("/a.png"), network=opened(first, last, names=names))
    assert fetched.content == b"an image"
    assert fetched.final_url == last.url("/b.png", "cdn.example.net")
    assert names.asked == ["images.example.com", "cdn.example.net"]
    assert last.headers()["host"] == f"cdn.example.net:{last.port}"
    assert "referer" not in last.headers()


async def test_ten_redirects_and_no_more() -> None:
    steps = [redirect(f"/{number}") for number in range(1, 12)]
    async with Site(*steps[:10], IMAGE) as site:
        assert (await fetch(site.url(), network=opened(site))).final_url == site.url("/10")
    async with Site(*steps, IMAGE) as site:
        with pytest.raises(BadRedirect) as refused:
            await fetch(site.url(), network=opened(site))
    assert refused.value.may_pass_on
    assert len(site.requests) == 11


async def test_a_loop_ends() -> None:
    async with Site(redirect("/")) as site:
        with pytest.raises(BadRedirect):
            await fetch(site.url(), network=opened(site))
    assert len(site.requests) == 11


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/a%7eb%2Fc?sig=a%2Bb%2f+c", "/a%7eb%2Fc?sig=a%2Bb%2f+c"),
        ("b%2ec?x=%7E", "/b%2ec?x=%7E"),
        ("/\xe9t\xe9.png", "/%E9t%E9.png"),  # a name in Latin-1, as old servers write it
        ("/\xc3\xa9.png", "/%C3%A9.png"),
    ],
)
async def test_a_redirect_is_followed_as_it_is_spelled(location: str, target: str) -> None:
    async with Site(redirect(location), IMAGE) as site:
        await fetch(site.url(), network=opened(site))
    assert site.requests[1].startswith(f"GET {target} HTTP/1.1")


@pytest.mark.parametrize("link", DISGUISED)
async def test_redirects_into_a_private_network_are_refused(link: str) -> None:
    async with Site(redirect(link.encode().decode("latin-1")), IMAGE) as site:
        with pytest.raises((NotPublic, BadLink)) as refused:
            await fetch(site.url(), network=opened(site))
    assert not refused.value.may_pass_on
    assert len(site.requests) == 1


async def test_a_redirect_to_another_port_of_this_machine_is_refused() -> None:
    async with Site(IMAGE) as secret:
        for host in (LOOPBACK, "images.example.com"):
            async with Site(redirect(secret.url("/", host))) as site:
                with pytest.raises(NotPublic):
                    await fetch(site.url(), network=opened(site))
    assert not secret.requests


async def test_a_chain_is_checked_to_its_end() -> None:
    """Two good steps, then a name that has become private in the meantime."""
    names = Names(images_example_com=[[LOOPBACK], [LOOPBACK], ["10.0.0.1"]])
    async with Site(redirect("/1"), redirect("/2"), IMAGE) as site:
        with pytest.raises(NotPublic):
            await fetch(site.url(), network=opened(site, names=names))
    assert len(site.requests) == 2


@pytest.mark.parametrize(
    "location",
    [
        "",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://example.com/a.png",
        "gopher://example.com:6379/_FLUSHALL",
        "javascript:alert(1)",
        "//user:password@example.com/",
        "http://user@example.com/",
        "http://example.com:25/",
        "\\\\example.com\\a",
        "/a\\b",
        "/\x01",
        "/a\tb",
        "http://[::1",
        "/" + "a" * 5_000,
    ],
)
async def test_redirects_away_from_the_web_are_refused(location: str) -> None:
    async with Site(redirect(location), IMAGE) as site:
        with pytest.raises(FetchError) as refused:
            await fetch(site.url(), network=opened(site))
    assert isinstance(refused.value, BadLink) or location == "/\x01"
    assert len(site.requests) == 1


async def test_line_ends_in_a_location_add_no_header() -> None:
    answer = redirect("/%0d%0aX-Injected:%201")
    async with Site(answer, IMAGE) as site:
        await fetch(site.url(), network=opened(site))
    assert "x-injected" not in site.headers()


async def test_a_redirect_without_a_location() -> None:
    async with Site(reply("302 Found"), IMAGE) as site:
        with pytest.raises(BadLink):
            await fetch(site.url(), network=opened(site))


async def test_cookies_are_not_carried_along() -> None:
    answer = reply("302 Found", Location="/next", Set_Cookie="id=1; Path=/")
    async with Site(answer, IMAGE) as site:
        await fetch(site.url(), network=opened(site))
    assert "cookie" not in site.headers()


async def test_the_body_of_a_redirect_is_not_read() -> None:
    answer = redirect("/next").replace(b"Content-Length: 0", b"Content-Length: 99999999999")
    async with Site(answer, IMAGE) as site:
        assert (await fetch(site.url(), network=opened(site))).content == b"an image"
