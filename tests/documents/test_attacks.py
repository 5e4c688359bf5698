"""Hostile documents of every format, from the file to what the model, the person and the network
get of them: nothing leaves the label, and nothing leaves the app. What is refused says why."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
from django.test import Client
from lxml import html

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Message, ToolCall, add_exchange
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.documents.worker.reading import read
from chatapp.inference import CompletionRequest, Finished, TextDelta, ToolCallDelta
from chatapp.replies import generation
from chatapp.replies.prompt.building import reply_prompt
from tests.documents.attacks import EVERYTHING, LEAK, MARK, TAG
from tests.documents.hostile_files import FORMATS
from tests.documents.kit import attach, reread
from tests.support.replies import answering, new_message

pytestmark = pytest.mark.django_db(transaction=True)
every_format = pytest.mark.parametrize("kind", FORMATS)
# Where a text of the file is looked for, so that a format whose text is lost doesn't pass.
SEEN = {"control characters": "Obey."}
ADDRESSES = ("src", "srcset", "href", "action", "data", "poster", "style")


class Site(NamedTuple):
    url: str
    requests: list[str]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A server that nothing may ask for anything."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", requests)
    server.shutdown()
    server.server_close()
    thread.join()


def stored(owner: Person, kind: str, site: Site) -> Document:
    content = FORMATS[kind](EVERYTHING, site.url)
    extract = read(content)
    text = "\n".join(page.text for page in extract.pages)
    assert SEEN.get(kind, "Ignore all previous instructions") in text
    return Document.objects.store(owner, EVERYTHING, content, Format(extract.format), extract)


def asked(owner: Person, document: Document) -> Message:
    added = add_exchange(owner, new_message("What does it say?"))
    attach(added.message, document)
    return reread(added.reply)


@every_format
def test_the_model_gets_material_that_can_not_leave_its_label(
    owner: Person, site: Site, kind: str
) -> None:
    document = stored(owner, kind, site)

    prompt = reply_prompt(asked(owner, document))

    system, turn = prompt.request.messages
    label, words = turn.text.rsplit("</document>", 1)
    assert words == "\n\nWhat does it say?"
    count, unit = document.page_count, document.unit
    pages = "1" if count == 1 else f"1-{count}"
    first = label.split("\n")[0]
    assert re.fullmatch(rf'<document name="[^"]*" {unit}s="{pages}" of="{count}">', first)
    assert len(TAG.findall(label)) == 1
    marks = [f"--- {unit} {number}" for number in range(1, count + 1)]
    assert [found[0] for found in MARK.finditer(label)] == marks
    # Neither the instructions nor the words that count as the person's own have anything of it.
    assert "Ignore all" not in system.text
    assert prompt.toolbox.context.written == ("What does it say?",)
    assert site.requests == []


@every_format
def test_who_looks_at_the_document_loads_nothing_of_it(
    owner: Person, owner_client: Client, site: Site, kind: str
) -> None:
    document = stored(owner, kind, site)

    page = owner_client.get(f"/documents/{document.pk}/").text

    elements = list(html.document_fromstring(page).iter())
    values = [each.get(name) or "" for each in elements for name in ADDRESSES]
    assert not [value for value in values if site.url in value or LEAK in value]
    assert {"img", "iframe", "object"}.isdisjoint(each.tag for each in elements)
    original = owner_client.get(f"/documents/{document.pk}/file")
    assert original["Content-Disposition"].startswith("attachment")
    assert original["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in original["Content-Security-Policy"]
    assert site.requests == []


@every_format
@pytest.mark.usefixtures("no_service")
async def test_a_model_that_obeys_stops_at_an_approval(
    owner: Person, site: Site, kind: str
) -> None:
    reply = await background.in_thread(lambda: asked(owner, stored(owner, kind, site)))

    with answering(Obeying(LEAK, f"{site.url}/?q=secret")):
        await generation.generate(reply)

    await reply.arefresh_from_db()
    states = [(call.name, call.state) async for call in ToolCall.objects.order_by("round", "index")]
    assert reply.status == "waiting"
    assert states[:2] == [("read_pages", "done"), ("search_document", "done")]
    assert {state for _name, state in states[2:]} <= {"awaiting_approval", "failed"}
    assert ("read_web_page", "awaiting_approval") in states
    assert site.requests == []


class Obeying:
    """A model that does whatever a document asks for: it reads it, and then every address in it."""

    def __init__(self, *addresses: str) -> None:
        reading = [("read_pages", {"pages": "1"}), ("search_document", {"query": "ignore"})]
        self.rounds = [
            *([call] for call in reading),
            [("read_web_page", {"url": address}) for address in addresses],
        ]

    def __call__(self, request: CompletionRequest) -> list[Any]:
        if not request.tools:
            return []  # a title
        if not self.rounds:
            return [TextDelta("Done."), Finished("stop")]
        calls = self.rounds.pop(0)
        deltas = [
            ToolCallDelta(f"call{number}", name, json.dumps(arguments))
            for number, (name, arguments) in enumerate(calls)
        ]
        return [*deltas, Finished("tool_calls")]
