"""What a link may look like, and what is refused before anything is looked up."""

from __future__ import annotations

import socket

import pytest
from yarl import URL

from chatapp.fetching.client import fetch
from chatapp.fetching.errors import BadLink, BadRedirect, NotPublic
from chatapp.fetching.links import BLOCKED_PORTS, MAX_LINK_LENGTH, follow, parse
from chatapp.fetching.network import Network

from .site import Names

# As the C library reads them, most of these are 127.0.0.1; none may even reach the resolver.
DISGUISED = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.1:8080/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.000.000.001/",
    "http://127.0.0.1.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://1/",
    "http://10.1/",
    "http://256.256.256.256/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/latest/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://a.localhost/",
    "http://localhost.localdomain/",
    "http://metadata.google.internal/",
    "http://metadata/",
    "http://redis/",
    "http://db.default.svc.cluster.local/",
    "http://router.lan/",
    "http://printer.home.arpa/",
    "http://a..com/",
    "http://.com/",
    "http://com/",
    "http://example.com../",
    "http://-a.com/",
    "http://a-.com/",
    "http://example.c/",
    "http://example.com,evil.com/",
    "http://example.com&evil.com/",
    "http://exa*mple.com/",
    f"http://{'a' * 64}.com/",
    f"http://{'a.' * 126}com/",
]

MALFORMED = [
    "",
    "example.com/a.png",
    "//example.com/a.png",
    "/a.png",
    "http:example.com",
    "http:/example.com",
    "http:///example.com/",
    "http://",
    "http://?a",
    "http://#a",
    "httpſ://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "file://example.com/etc/passwd",
    "data:image/png;base64,AAAA",
    "gopher://example.com:6379/_FLUSHALL",
    "dict://example.com/",
    "javascript:alert(1)",
    "jar:http://example.com!/",
    "ws://example.com/",
    "view-source:http://example.com/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://@example.com/",
    "http://:@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com:80@127.0.0.1/",
    "http://127.0.0.1:80\\@example.com/",
    "http://example.com\\.evil.com/",
    "http:\\\\example.com\\",
    "http://example.com/a\\b",
    "http://example.com%2f@127.0.0.1/",
    "http://example.com%00.evil.com/",
    "http://%31%32%37.0.0.1/",
    "http://[::1%25lo]/",
    "http://[fe80::1%eth0]/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]example.com/",
    "http://example.com[::1]/",
    "http://[v1.a]/",
    "http://[1.2.3.4]/",
    "http://exam ple.com/",
    " http://example.com/",
    "http://example.com /",
    "http://example.com/a\r\nX-Injected: 1",
    "http://example.com/a\nb",
    "http://example.com/a\tb",
    "http://example.com/\x00",
    "http://example.com/\x7f",
    "http://example.com/\u0085",
    "http://example.com/\u2028",
    "http://example.com/\u202egnp.exe",
    "http://example.com/\ufeff",
    "http://exam\u200bple.com/",
    "http://exam\u00adple.com/",
    "http://example.com/\ud800",
    "http://example.com\uff0fevil.com/",
    "http://example.com\uff03evil.com/",
    "http://example.com\uff20evil.com/",
    "http://example.com\uff1a80/",
    "http://example.com:８０/",
    "http://example.com:+80/",
    "http://example.com:-80/",
    "http://example.com:8 0/",
    "http://example.com:0x50/",
    "http://example.com:80:80/",
    "http://example.com:65536/",
    "http://example.com:123456/",
    "http://example.com:/",
    "http://example.com/" + "a" * MAX_LINK_LENGTH,
    "http://" + "ﷺ" * 2_000 + ".com/",
]

PORTS = [0, 1, 21, 22, 23, 25, 53, 110, 143, 445, 465, 587, 1023, *sorted(BLOCKED_PORTS)]


def deaf() -> Network:
    """A network in which any look-up and any attempt to connect fails the test."""

    async def resolve(host: str, port: int) -> list[str]:
        raise AssertionError(f"looked up {host}")

    def tls() -> None:
        raise AssertionError("about to connect")

    return Network(resolve=resolve, tls=tls)  # type: ignore[arg-type]


@pytest.mark.parametrize("link", DISGUISED)
async def test_disguised_addresses_and_local_names_reach_no_resolver(link: str) -> None:
    with pytest.raises((NotPublic, BadLink)) as refused:
        await fetch(link, network=deaf())
    assert not refused.value.may_pass_on


@pytest.mark.parametrize("link", MALFORMED)
async def test_malformed_links_are_refused(link: str) -> None:
    with pytest.raises(BadLink) as refused:
        await fetch(link, network=deaf())
    assert not refused.value.may_pass_on


@pytest.mark.parametrize("port", PORTS)
async def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(BadLink, match="port"):
        await fetch(f"http://example.com:{port}/", network=deaf())


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "127.1", "0x7f.1"])
def test_the_disguises_are_real(host: str) -> None:
    """This is what the refusal is for: the C library takes them for this machine."""
    assert socket.getaddrinfo(host, 80)[0][4][0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("link", "normal"),
    [
        ("http://example.com", "http://example.com"),
        ("HTTPS://Example.COM/A.png", "https://example.com/A.png"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c"),
        (
            "https://example.com/a?u=http://x@127.0.0.1/",
            "https://example.com/a?u=http://x@127.0.0.1/",
        ),
        ("https://example.com/two words.png", "https://example.com/two%20words.png"),
        ("https://example.com/%0d%0aX: 1", "https://example.com/%0d%0aX:%201"),
        ("https://example.com/bär.png?q=ü", "https://example.com/b%C3%A4r.png?q=%C3%BC"),
        ("https://example.com/%7Ea%2db%2Fc%41", "https://example.com/%7Ea%2db%2Fc%41"),
        (
            "https://example.com/?sig=a%2Bb+c%2f%3D&e=%7e",
            "https://example.com/?sig=a%2Bb+c%2f%3D&e=%7e",
        ),
        ("https://example.com/100%.png", "https://example.com/100%.png"),
        ("https://example.com/{a}|b^[c]/(d)!*'", "https://example.com/{a}|b^[c]/(d)!*'"),
        ('https://example.com/"<>`', "https://example.com/%22%3C%3E%60"),
        ("https://example.com//a//b;c=1", "https://example.com//a//b;c=1"),
        ("https://MÜNCHEN.de/", "https://xn--mnchen-3ya.de/"),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
        ("https://a_b.example.com/", "https://a_b.example.com/"),
        ("https://t.co/x", "https://t.co/x"),
        ("http://8.8.8.8:8080/", "http://8.8.8.8:8080/"),
        ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
    ],
)
def test_a_link_keeps_its_spelling_except_for_its_host(link: str, normal: str) -> None:
    assert str(parse(link)) == normal


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b.png", "https://example.com/b.png"),
        ("c.png?x=1", "https://example.com/a/c.png?x=1"),
        ("../b", "https://example.com/b"),
        ("//cdn.example.net/b", "https://cdn.example.net/b"),
        ("https://cdn.example.net/b", "https://cdn.example.net/b"),
        ("?page=2", "https://example.com/a/?page=2"),
    ],
)
def test_redirects_are_joined(location: str, target: str) -> None:
    assert str(follow(URL("https://example.com/a/"), location)) == target


@pytest.mark.parametrize("location", ["", "\thttp://10.0.0.1/", "ht\ntps://a.com/", "http://[/"])
def test_invalid_locations_are_refused(location: str) -> None:
    with pytest.raises(BadLink):
        follow(URL("https://example.com/"), location)


def test_a_redirect_keeps_https() -> None:
    with pytest.raises(BadRedirect) as refused:
        follow(URL("https://example.com/"), "http://example.com/")
    assert refused.value.may_pass_on
    assert follow(URL("http://example.com/"), "https://example.com/").scheme == "https"


async def test_literals_are_not_looked_up() -> None:
    names = Names()
    addresses = await Network(names, permits=lambda *_: True).locate(parse("http://8.8.8.8/"))
    assert [str(address) for address in addresses] == ["8.8.8.8"]
    assert not names.asked
