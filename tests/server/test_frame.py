"""What every page has in common: health, security headers, theme, limits, static files."""

import re
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.server.compression import compress


def inline_code(page: str) -> list[str]:
    """Return everything in a page that the Content-Security-Policy would refuse to run."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = {name for name, _value in attrs}
            if tag == "style" or (tag == "script" and "src" not in names):
                found.append(tag)
            found.extend(name for name in names if name == "style" or name.startswith("on"))

    Reader().feed(page)
    return found


def test_health_needs_no_database(stranger_client: Client, django_db_blocker: Any) -> None:
    with django_db_blocker.block():
        assert stranger_client.get("/healthz").status_code == 200


def test_readiness_asks_the_database(stranger_client: Client) -> None:
    assert stranger_client.get("/readyz").json() == {"database": "ok"}


def test_the_policy_allows_nothing_inline_and_nothing_foreign(owner_client: Client) -> None:
    response = owner_client.get("/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/", "/account/sign-in/", "/account/reset/", "/welcome/"])
def test_pages_have_no_inline_script_or_style(
    owner_client: Client, stranger_client: Client, path: str
) -> None:
    client = owner_client if path == "/" else stranger_client
    page = client.get(path, follow=True).content.decode()

    assert inline_code(page) == []


def test_a_conversation_has_no_inline_script_or_style(
    owner_client: Client, exchange_with_markup: Exchange
) -> None:
    page = owner_client.get(exchange_with_markup.conversation.get_absolute_url())

    assert inline_code(page.content.decode()) == []


@pytest.fixture
def exchange_with_markup(owner: Person) -> Exchange:
    from chatapp.conversations.models import add_exchange
    from tests.support.replies import complete, new_message

    added = add_exchange(owner, new_message("<b onclick='x()' style='color:red'>Hi</b>"))
    complete(added.reply, "$$\\begin{aligned}a&=b\\\\c&=d\\end{aligned}$$ `code`")
    return added


def test_static_files_are_hashed_compressed_and_cached_for_ever(owner_client: Client) -> None:
    page = owner_client.get("/").content.decode()
    urls = re.findall(r'"(/static/[^"]+)"', page)
    assert urls

    for url in set(urls):
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", url)
        with closing(owner_client.get(url, headers={"accept-encoding": "br"})) as response:
            assert response.status_code == 200
            assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("gzip, br;q=0", "gzip")],
)
def test_pages_are_compressed_and_padded(
    owner_client: Client, accepted: str, encoding: str
) -> None:
    client, headers = owner_client, {"accept-encoding": accepted}

    pages = [client.get("/account/password/", headers=headers) for _ in range(20)]

    assert {page["Content-Encoding"] for page in pages} == {encoding}
    assert {page["Vary"].count("Accept-Encoding") for page in pages} == {1}
    assert all(page["Content-Length"] == str(len(page.content)) for page in pages)
    sizes = {len(page.content) for page in pages}
    assert max(sizes) < len(client.get("/account/password/").content) / 2
    assert len(sizes) > 1


def test_padding_is_no_part_of_a_page() -> None:
    page = "<p>Zoë</p>".encode() * 30_000

    streams = [compress(page) for _ in range(200)]

    assert all(brotli.decompress(stream) == page for stream in streams)
    assert len({len(stream) for stream in streams}) > 50


def test_a_page_has_one_stylesheet(owner_client: Client) -> None:
    page = re.sub(r"<noscript>.*?</noscript>", "", owner_client.get("/").content.decode())
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)

    with closing(owner_client.get(sheet)) as response:
        css = response.content.decode()

    assert "@import" not in css
    assert "/*" not in css
    assert "@layer" in css
    # A file that is missing there would be imported by no other, and be served by itself.
    served = {path for path in Path(settings.STATIC_ROOT).glob("css/**/*") if path.is_file()}
    names = {path.name.split(".")[0] for path in served}
    assert names == {
        "account",
        "actions",
        "app",
        "diagnostics",
        "document",
        "document-pages",
        "files",
        "frame",
        "lightbox",
        "log",
        "members",
        "menu",
        "my-account",
        "prompt",
        "put-away",
        "page",
        "people",
        "picker",
        "project",
        "prompts",
        "reading",
        "search",
        "settings",
        "sharing",
        "sheets",
        "tools",
        "transfer",
        "two-step",
        "versions",
        "without-scripts",
        "usage",
    }


def test_the_modules_are_few_files() -> None:
    sources = settings.ROOT / "static"
    served = {path for path in Path(settings.STATIC_ROOT).glob("js/**/*") if path.is_file()}
    texts = [path.read_text() for path in served if path.suffix == ".js"]
    parts = [part for text in texts for part in re.findall(r"^// (js/.+\.js)$", text, re.MULTILINE)]

    names = {path.name.split(".")[0] for path in served}
    assert names == {
        "account",
        "app",
        "files",
        "frame",
        "images",
        "lightbox",
        "my-account",
        "owner",
        "people",
        "passkeys",
        "prompts",
        "reading",
        "search",
        "settings",
        "sharing",
        "sidebar",
        "transfer",
        "versions",
    }
    # A module that is missing here would be imported by no other, and do nothing silently.
    assert sorted(set(parts)) == sorted(
        str(path.relative_to(sources)) for path in sources.rglob("*.js")
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_remembered(stranger_client: Client, owner: Person, theme: str) -> None:
    scripts = {"accept": "application/json"}
    assert stranger_client.post("/theme/", {"theme": theme}, headers=scripts).status_code == 204

    assert f'data-theme="{theme}"' in stranger_client.get("/account/sign-in/").content.decode()
    assert stranger_client.post("/theme/", {"theme": "nonsense"}).status_code == 303
    assert 'data-theme=""' in stranger_client.get("/account/sign-in/").content.decode()


def test_an_error_page_needs_no_database(owner_client: Client, django_db_blocker: Any) -> None:
    """Any thread may render it, and would keep the connection that it opened."""
    owner_client.get("/")
    with django_db_blocker.block():
        assert owner_client.get("/nothing/here/").status_code == 404


def test_an_unknown_page_is_our_404_page(owner_client: Client) -> None:
    response = owner_client.get("/no/such/page")

    assert response.status_code == 404
    assert b"<html" in response.content
