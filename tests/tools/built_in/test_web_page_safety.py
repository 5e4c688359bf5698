"""The reader of pages reaches nothing that links to images may not reach: their own cases."""

from __future__ import annotations

import asyncio
import json
from functools import partial

import pytest

from chatapp.fetching import fetch
from chatapp.fetching.addresses import is_public
from chatapp.fetching.network import Network
from chatapp.server.valid_text import make_valid
from chatapp.tools.built_in import web_page
from chatapp.tools.built_in.web_page import read_web_page
from chatapp.tools.runner import CallResult, run
from chatapp.tools.tool import Context
from tests.fetching.site import LOOPBACK, Answer, Names, Site, opened, redirect, reply
from tests.fetching.test_addresses import HOSTILE
from tests.fetching.test_fetch import LINK, strictly
from tests.fetching.test_limits import LARGE, SECONDS, SLOW
from tests.fetching.test_links import DISGUISED, MALFORMED, PORTS, deaf
from tests.tools.conftest import Serving

Patch = pytest.MonkeyPatch
# What can be in no text of a model's, such as NUL, is gone before anybody reads the link.
LINKS = [link for link in (*DISGUISED, *MALFORMED) if make_valid(link) == link]
SECRET = reply("200 OK", b"<p>secret words</p>", Content_Type="text/html")


async def ask(url: str) -> CallResult:
    outcome = await run(read_web_page, json.dumps({"url": url}), Context())
    assert outcome.is_error
    assert "itself failed" not in outcome.error
    assert "secret" not in outcome.content
    return outcome


def through(patch: Patch, network: Network) -> None:
    patch.setattr(web_page, "fetch", partial(fetch, network=network))


@pytest.mark.parametrize("link", LINKS, ids=lambda link: repr(link[:40]))
async def test_disguised_and_malformed_links_reach_no_resolver(
    monkeypatch: Patch, link: str
) -> None:
    through(monkeypatch, deaf())

    await ask(link)


@pytest.mark.parametrize("port", PORTS)
async def test_ports_of_other_services(monkeypatch: Patch, port: int) -> None:
    through(monkeypatch, deaf())

    assert "port" in (await ask(f"http://example.com:{port}/")).error


@pytest.mark.parametrize("address", HOSTILE.split())
async def test_a_name_for_a_hostile_address(monkeypatch: Patch, address: str) -> None:
    through(monkeypatch, strictly(address))

    outcome = await ask(LINK)

    assert "public web page" in outcome.error
    assert address not in outcome.content


@pytest.mark.parametrize("address", HOSTILE.split())
async def test_one_hostile_address_among_several(monkeypatch: Patch, address: str) -> None:
    names = Names(images_example_com=[["93.184.215.14", "2606:4700:4700::1111", address]])
    through(monkeypatch, Network(names, permits=lambda found, _: is_public(found)))

    assert "public web page" in (await ask(LINK)).error


@pytest.mark.parametrize("link", DISGUISED, ids=lambda link: repr(link[:40]))
async def test_redirects_into_a_private_network(serving: Serving, link: str) -> None:
    async with serving(redirect(link.encode().decode("latin-1")), SECRET) as site:
        await ask(site.url())

    assert len(site.requests) == 1


async def test_a_redirect_to_another_port_of_this_machine(serving: Serving) -> None:
    async with Site(SECRET) as secret:
        for host in (LOOPBACK, "images.example.com"):
            async with serving(redirect(secret.url("/", host))) as site:
                assert "public web page" in (await ask(site.url())).error
    assert not secret.requests


async def test_a_name_that_becomes_private_on_the_way(monkeypatch: Patch) -> None:
    names = Names(images_example_com=[[LOOPBACK], [LOOPBACK], ["10.0.0.1"]])
    async with Site(redirect("/1"), redirect("/2"), SECRET) as site:
        through(monkeypatch, opened(site, names=names))
        assert "public web page" in (await ask(site.url())).error
    assert len(site.requests) == 2


@pytest.mark.parametrize("manner", SLOW)
async def test_the_time_limit_holds(serving: Serving, monkeypatch: Patch, manner: str) -> None:
    monkeypatch.setattr(web_page, "SECONDS", SECONDS)
    async with serving(SLOW[manner]()) as site:
        assert "too long" in (await ask(site.url())).error
        await site.client_left.wait()


@pytest.mark.parametrize("manner", LARGE)
async def test_the_size_limit_holds(serving: Serving, monkeypatch: Patch, manner: str) -> None:
    monkeypatch.setattr(web_page, "MAX_BYTES", 1_000)
    answer: bytes | Answer = LARGE[manner]
    async with serving(answer) as site:
        error = (await ask(site.url())).error
    assert "larger than" in error or "interrupted" in error


async def test_stopping_a_call_leaves_the_site(serving: Serving) -> None:
    async with serving(SLOW["says nothing"]()) as site:
        calling = asyncio.create_task(ask(site.url()))
        await site.asked.wait()
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await site.client_left.wait()


async def test_few_pages_are_held_at_once(serving: Serving, monkeypatch: Patch) -> None:
    monkeypatch.setattr(web_page, "_slots", asyncio.Semaphore(web_page.MAX_AT_ONCE))
    full, go_on = asyncio.Event(), asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        if len(site.requests) == web_page.MAX_AT_ONCE:
            full.set()
        await go_on.wait()
        writer.write(reply("404 Not Found"))

    async with serving(answer) as site, Site(reply("200 OK")) as other:
        calls = [asyncio.create_task(ask(site.url())) for _ in range(web_page.MAX_AT_ONCE + 2)]
        await full.wait()
        await fetch(other.url(), network=opened(other))  # time enough for one more to come
        assert len(site.requests) == web_page.MAX_AT_ONCE
        go_on.set()
        await asyncio.gather(*calls)
    assert len(site.requests) == web_page.MAX_AT_ONCE + 2
