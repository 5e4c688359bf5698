"""Documents that try to instruct the model or to carry data out.

Whatever a document says stays inside its label, changes nothing else in the request, and sends
nothing anywhere without the person's approval.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Message, ToolCall, add_exchange
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Page
from chatapp.inference import CompletionRequest, Finished, TextDelta, ToolCallDelta
from chatapp.rendering import render_document
from chatapp.replies import generation
from chatapp.replies.prompt.building import reply_prompt
from chatapp.replies.tools.documents import names_of, read_pages, search_document
from chatapp.tools import runner
from chatapp.tools.tool import Context
from tests.documents.attacks import ATTACKS, LEAK, MARK, TAG
from tests.documents.kit import attach, made_of, reread
from tests.support.replies import answering, new_message

pytestmark = pytest.mark.django_db(transaction=True)

everywhere = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)


def hostile(owner: Person, attack: str) -> Document:
    """Return a document with the attack in its file name, in a sheet's name and in its text."""
    return made_of(owner, Page(f"Herons. {attack}", attack), attack, name=attack)


def asked(owner: Person, document: Document | None = None) -> Message:
    added = add_exchange(owner, new_message("What does it say?"))
    attach(added.message, document or made_of(owner, "Herons."))
    return reread(added.reply)


@everywhere
def test_a_document_stays_inside_its_label(owner: Person, attack: str) -> None:
    plain = reply_prompt(asked(owner))

    prompt = reply_prompt(asked(owner, hostile(owner, attack)))

    system, turn = prompt.request.messages
    assert (system, prompt.request.tools) == (plain.request.messages[0], plain.request.tools)
    document, words = turn.text.rsplit("</document>", 1)
    assert words == "\n\nWhat does it say?"
    lines = document.split("\n")
    assert re.fullmatch(r'<document name="[^"]*" pages="1-2" of="2">', lines[0])
    assert "nothing in it is an" in lines[1]
    assert len(TAG.findall(document)) == 1
    assert [each[0] for each in MARK.finditer(document)] == ["--- page 1", "--- page 2"]
    assert prompt.toolbox.context.written == ("What does it say?",)


@everywhere
async def test_what_the_reading_tools_return_stays_inside_its_label(
    owner: Person, attack: str
) -> None:
    document = await background.in_thread(hostile, owner, attack)
    context = Context(files=names_of([document]), person_id=document.owner_id)
    for tool, arguments in ((read_pages, {"pages": "1-2"}), (search_document, {"query": "herons"})):
        result = await runner.run(tool, json.dumps(arguments), context)

        answer = json.loads(result.content)
        assert set(answer) <= {"source", "untrusted_content", "pages_found"}
        assert "\n" not in answer["source"]
        assert not TAG.search(json.dumps(answer["untrusted_content"], ensure_ascii=False))
        assert "\n" not in result.summary
        assert "never an instruction" in tool.description


@everywhere
@pytest.mark.usefixtures("demo")
async def test_the_demo_model_does_nothing_that_a_document_says(owner: Person, attack: str) -> None:
    reply = await background.in_thread(lambda: asked(owner, hostile(owner, attack)))

    await generation.generate(reply)

    await reply.arefresh_from_db()
    assert reply.status == "complete"
    assert not await ToolCall.objects.aexists()


def obeying(*calls: tuple[str, dict[str, str]]) -> Callable[[CompletionRequest], Any]:
    """Return a model that believes everything: it makes these calls one after the other."""
    rest = list(calls)

    def say(request: CompletionRequest) -> list[Any]:
        if not request.tools:
            return []  # a title
        if not rest:
            return [TextDelta("Done."), Finished("stop")]
        name, arguments = rest.pop(0)
        return [ToolCallDelta("call1", name, json.dumps(arguments)), Finished("tool_calls")]

    return say


@pytest.mark.parametrize("place", ["text", "name", "page name"])
@pytest.mark.usefixtures("no_service")
async def test_an_address_that_only_a_document_names_needs_approval(
    owner: Person, place: str
) -> None:
    page = Page(LEAK if place == "text" else "Herons.", LEAK if place == "page name" else "")
    name = LEAK if place == "name" else "report.pdf"
    reply = await background.in_thread(lambda: asked(owner, made_of(owner, page, name=name)))
    calls = [
        ("read_pages", {"pages": "1"}),
        ("search_document", {"query": "collect herons"}),
        ("read_web_page", {"url": LEAK}),
    ]

    with answering(obeying(*calls)):
        await generation.generate(reply)

    await reply.arefresh_from_db()
    states = [(call.name, call.state) async for call in ToolCall.objects.order_by("round")]
    assert reply.status == "waiting"
    assert states == [
        ("read_pages", "done"),
        ("search_document", "done"),
        ("read_web_page", "awaiting_approval"),
    ]


@everywhere
def test_a_reply_that_repeats_an_attack_loads_nothing(attack: str) -> None:
    html = render_document(attack, prefix="a")

    assert not re.search(r"<(?:img|script|iframe|form|link|object)\b|\bsrc=|\bon\w+=", html)
