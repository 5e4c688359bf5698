"""A page that the person didn't name needs approval, because reading it reveals its address."""

import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, ToolCall, add_exchange
from chatapp.fetching import fetch
from chatapp.inference import CompletionRequest, Finished, TextDelta, ToolCallDelta
from chatapp.mcp.models import ToolSetting
from chatapp.replies import generation
from chatapp.tools.built_in import web_page
from tests.fetching.site import Site, opened, reply
from tests.support.replies import answering, complete, new_message, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """Serve a page on loopback that may be read; no other site can be reached."""
    async with Site(reply("200 OK", b"Herons", Content_Type="text/plain")) as site:
        monkeypatch.setattr(web_page, "fetch", partial(fetch, network=opened(site)))
        yield site


def calling(*urls: str) -> Callable[[CompletionRequest], Any]:
    """Return a model that reads one page after the other and then answers."""
    rest = list(urls)

    def say(request: CompletionRequest) -> list[Any]:
        if not request.tools:
            return []  # a title
        if not rest:
            return [TextDelta("Done."), Finished("stop")]
        arguments = json.dumps({"url": rest.pop(0)})
        return [ToolCallDelta("call1", "read_web_page", arguments), Finished("tool_calls")]

    return say


async def made(exchange: Exchange, *urls: str) -> Message:
    with answering(calling(*urls)):
        await generation.generate(exchange.reply)
    return await outcome(exchange)


async def states(reply: Message) -> list[str]:
    return [tool_call.state async for tool_call in ToolCall.objects.filter(reply=reply)]


async def asked_about(owner: Person, text: str) -> Exchange:
    return await background.in_thread(add_exchange, owner, new_message(text))


async def test_a_page_that_the_model_made_up_needs_approval(owner: Person, site: Site) -> None:
    answer = await made(await asked_about(owner, "Tell me a secret"), site.url("/?q=secret"))

    assert (answer.status, await states(answer)) == ("waiting", ["awaiting_approval"])
    assert not site.requests


async def test_a_page_that_the_person_named_is_read_without_approval(
    owner: Person, site: Site
) -> None:
    words = f"Read {site.url('/herons').removeprefix('http://')}, please."

    answer = await made(await asked_about(owner, words), site.url("/herons"))

    assert (answer.status, await states(answer)) == ("complete", ["done"])


async def test_an_address_in_the_output_of_a_model_or_tool_needs_approval(
    owner: Person, site: Site
) -> None:
    leak = site.url("/?q=secret")
    first = await asked_about(owner, "Hello")
    await background.in_thread(complete, first.reply, f"You can read {leak}")
    place = {"reply": first.reply, "round": 0, "index": 0, "text_length": 0, "name": "calculate"}
    said = {"call_id": "call0", "arguments": json.dumps({"expression": leak})}
    await ToolCall.objects.acreate(
        **place, **said, state="done", content=json.dumps({"link": leak})
    )
    message = new_message("Go on", first.conversation.pk)

    answer = await made(await background.in_thread(add_exchange, owner, message), leak)

    assert (answer.status, await states(answer)) == ("waiting", ["awaiting_approval"])


async def test_an_address_in_an_earlier_message_needs_no_approval(
    owner: Person, site: Site
) -> None:
    first = await asked_about(owner, f"Remember {site.url('/herons')}")
    await background.in_thread(complete, first.reply)
    message = new_message("Read it", first.conversation.pk)

    answer = await made(
        await background.in_thread(add_exchange, owner, message), site.url("/herons")
    )

    assert await states(answer) == ["done"]


async def test_the_owner_can_require_approval_for_every_page(owner: Person, site: Site) -> None:
    await ToolSetting.objects.acreate(name="read_web_page", access="ask")

    answer = await made(await asked_about(owner, f"Read {site.url()}"), site.url())

    assert await states(answer) == ["awaiting_approval"]


async def test_a_tool_that_is_always_allowed_needs_no_approval(owner: Person, site: Site) -> None:
    exchange = await asked_about(owner, "Read on")
    exchange.conversation.allowed_tools = ["read_web_page"]
    await exchange.conversation.asave()

    answer = await made(exchange, site.url("/never-named"))

    assert await states(answer) == ["done"]


async def test_one_call_can_run_while_another_needs_approval(owner: Person, site: Site) -> None:
    exchange = await asked_about(owner, f"Read {site.url('/herons')}")

    answer = await made(exchange, site.url("/herons"), site.url("/?q=secret"))

    assert await states(answer) == ["done", "awaiting_approval"]
    assert len(site.requests) == 1
