"""Scanned pages reach models with vision as images, and the same bytes each time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Message, add_exchange
from chatapp.documents import worker_process
from chatapp.documents.models import Document
from chatapp.documents.sizes import MAX_SCANS, TOKENS_AROUND, TOKENS_PER_SCAN, of_marks
from chatapp.documents.worker.pages import Page, Reason, Refused
from chatapp.inference import CompletionRequest, Finished, ImagePart, TextDelta, TextPart
from chatapp.inference.errors import ImageRejected
from chatapp.replies import generation
from chatapp.replies.prompt import image_urls, scans
from chatapp.replies.prompt.building import reply_prompt
from tests.documents.kit import attach, from_file, made_of, reread
from tests.support.replies import MODEL, answering, complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    scans._kept.clear()
    yield
    scans._kept.clear()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the pages that were rendered, each as 100 bytes."""
    pages: list[int] = []

    def images_of(document: Document, numbers: list[int]) -> dict[int, bytes]:
        pages.extend(numbers)
        return dict.fromkeys(numbers, b"x" * 100)

    monkeypatch.setattr(scans, "images_of", images_of)
    return pages


def scan(owner: Person, count: int, name: str = "scan.pdf") -> Document:
    return made_of(owner, "A cover.", *[Page("", is_scanned=True)] * count, name=name)


def asked_about(owner: Person, *documents: Document, before: Message | None = None) -> Message:
    conversation = before.conversation_id if before else None
    added = add_exchange(owner, new_message("What is it?", conversation))
    for position, document in enumerate(documents):
        attach(added.message, document, position=position)
    return reread(added.reply)


def images(request: CompletionRequest) -> list[ImagePart]:
    return [part for m in request.messages for part in m.parts if isinstance(part, ImagePart)]


def test_a_scanned_page_is_rendered_once_and_follows_its_document(owner: Person) -> None:
    document = from_file(owner, "scanned.pdf")
    [page] = document.pages.filter(is_scanned=True, text="").values_list("number", flat=True)
    reply = asked_about(owner, document)

    prompt = reply_prompt(reply)
    Document.objects.get().data.delete()  # what is kept needs no file

    text, line, image, words = prompt.request.messages[-1].parts
    assert isinstance(text, TextPart)
    assert "This page is a scan" in text.text
    assert line == TextPart(f"[The scanned page {page} of “scanned.pdf”:]")
    assert isinstance(image, ImagePart)
    assert image.url.startswith("data:image/jpeg;base64,/9j/")
    assert words == TextPart("What is it?")
    assert reply_prompt(reply).request == prompt.request
    scans._kept.clear()
    assert images(reply_prompt(reply).request) == []


def test_a_message_has_at_most_twenty_scanned_pages(owner: Person, rendered: list[int]) -> None:
    reply = asked_about(owner, scan(owner, 15), scan(owner, 30, "second.pdf"))

    prompt = reply_prompt(reply)

    assert len(images(prompt.request)) == len(rendered) == MAX_SCANS
    assert rendered == [*range(2, 17), *range(2, 7)]


def test_the_newest_scanned_pages_are_seen(owner: Person, rendered: list[int]) -> None:
    first = asked_about(owner, scan(owner, 15))
    complete(first)
    second = asked_about(owner, scan(owner, 12, "second.pdf"), before=first)

    request = reply_prompt(second).request

    turns = [turn for turn in request.messages if turn.role == "user"]
    counts = [sum(isinstance(part, ImagePart) for part in turn.parts) for turn in turns]
    assert counts == [8, 12]


def test_scanned_pages_have_a_limit_of_size(
    owner: Person, rendered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_urls, "IMAGE_BYTES", 350)

    request = reply_prompt(asked_about(owner, scan(owner, 15))).request

    assert len(images(request)) == 2


def test_the_images_kept_in_memory_have_a_limit(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "MAX_KEPT", 250)
    document = scan(owner, 3)

    for page in range(4):
        scans._keep((document.pk, page), b"x" * 100)

    assert [page for _, page in scans._kept] == [2, 3]


@pytest.mark.parametrize(("vision", "delivery"), [(False, "auto"), (True, "link")])
def test_where_images_do_not_go_the_text_has_a_note(
    owner: Person, settings: Settings, rendered: list[int], vision: bool, delivery: str
) -> None:
    settings.IMAGE_DELIVERY = delivery
    model = replace(settings.CATALOG[MODEL], vision=vision)
    settings.CATALOG = {model.id: model}

    prompt = reply_prompt(asked_about(owner, scan(owner, 2)))

    assert not rendered
    assert prompt.request.messages[-1].text.count("This page is a scan") == 2
    assert prompt.images_unsupported == (0 if vision else 2)


def test_a_page_that_can_not_be_rendered_leaves_the_note(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(content: bytes, page: int) -> bytes:
        raise Refused(Reason.UNREADABLE)

    monkeypatch.setattr(worker_process, "rendered", refuse)

    prompt = reply_prompt(asked_about(owner, scan(owner, 2)))

    assert images(prompt.request) == []
    assert prompt.request.messages[-1].text.count("This page is a scan") == 2


@pytest.mark.usefixtures("no_service")
async def test_scanned_pages_that_the_service_refuses_do_not_block_the_conversation(
    owner: Person, rendered: list[int]
) -> None:
    reply = await background.in_thread(lambda: asked_about(owner, scan(owner, 2)))

    def say(request: CompletionRequest) -> list[object]:
        return (
            [ImageRejected("no")] if images(request) else [TextDelta("A cover."), Finished("stop")]
        )

    with answering(say):
        await generation.generate(reply)

    await reply.arefresh_from_db()
    assert (reply.status, reply.text) == ("complete", "A cover.")
    assert (await Attachment.objects.aget()).refusal


def test_the_estimate_covers_the_images_that_are_sent(owner: Person, rendered: list[int]) -> None:
    document = scan(owner, 30)
    added = add_exchange(owner, replace(new_message("What is it?"), documents=(document,)))
    attachment = added.message.attachments.get()

    prompt = reply_prompt(reread(added.reply))

    assert attachment.pages == "1-21"
    assert attachment.document_tokens > len(images(prompt.request)) * TOKENS_PER_SCAN
    assert (
        attachment.document_tokens < MAX_SCANS * TOKENS_PER_SCAN + of_marks(21) + 2 * TOKENS_AROUND
    )
    assert len(images(prompt.request)) == MAX_SCANS
    # The tool that reads pages has no text of the others to give.
    assert (prompt.pages_excluded, prompt.scans_excluded) == (0, 10)
    added.reply.notices = {"scans_excluded": 10}
    assert added.reply.notice_lines[0].startswith("10 scanned pages of your documents aren't")
