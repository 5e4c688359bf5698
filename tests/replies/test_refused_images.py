"""An image that the model service refuses must not block its conversation."""

import base64
import io
from dataclasses import replace
from functools import partial
from typing import Literal

import pytest
from django.test import Client
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Exchange, Message, add_exchange
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.images.shown_image import ShownImage
from chatapp.images.store import StoreUnavailable
from chatapp.inference import CompletionRequest, Finished, ImagePart, TextDelta
from chatapp.inference.errors import ImageRejected
from chatapp.inference.knowledge import Learned, ModelKnowledge
from chatapp.replies import generation, learning, service
from chatapp.replies.prompt import image_delivery
from chatapp.replies.prompt.building import reply_prompt
from chatapp.spending.models import ModelCall
from tests.support.replies import MODEL, answering, complete, new_message, outcome

pytestmark = pytest.mark.django_db(transaction=True)

UNLUCKY = (13, 13)  # the demo model refuses an image of this size


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_knowledge", ModelKnowledge())


def make_image(owner: Person, name: str, size: tuple[int, int] = (20, 20)) -> Image:
    file = io.BytesIO()
    Pillow.new("RGB", size, hash(name) & 0xFFFFFF).save(file, "PNG")
    return Image.objects.store(owner, prepare(file.getvalue(), name))


def ask(owner: Person, *images: Image, links: tuple[str, ...] = ()) -> Exchange:
    return add_exchange(
        owner,
        replace(new_message("What is this?"), images=tuple(map(ShownImage, images)), links=links),
    )


async def test_the_refused_image_is_excluded_and_the_reply_reports_it(
    demo: None, owner: Person
) -> None:
    names = {"good.png": (20, 20), "bad.png": UNLUCKY, "fine.png": (30, 30)}
    images = [await background.in_thread(make_image, owner, *pair) for pair in names.items()]
    exchange = await background.in_thread(ask, owner, *images)

    await generation.generate(exchange.reply)

    reply = await outcome(exchange)
    assert reply.status == "complete"
    assert "2. " in reply.text  # it has seen the two others
    assert "3. " not in reply.text
    assert any("bad.png" in line and "failed to fetch" in line for line in reply.notice_lines)
    refused = [a async for a in Attachment.objects.exclude(refusal="").select_related("image")]
    assert [attachment.name for attachment in refused] == ["bad.png"]
    # The reply is one call, however often it was asked; each try of an image is another.
    calls = [row async for row in ModelCall.objects.filter(reply_id=reply.pk)]
    assert [row.purpose for row in calls].count("reply") == 1
    assert {row.purpose for row in calls} == {"reply", "image_test"}
    assert {row.state for row in calls} == {"ended"}


async def test_later_requests_exclude_the_refused_image(demo: None, owner: Person) -> None:
    image = await background.in_thread(make_image, owner, "bad.png", UNLUCKY)
    exchange = await background.in_thread(ask, owner, image)
    await generation.generate(exchange.reply)

    def prompt_of_the_next() -> object:
        later = add_exchange(owner, new_message("And now?", exchange.conversation.pk))
        return reply_prompt(later.reply)

    prompt = await background.in_thread(prompt_of_the_next)
    assert prompt.images == ()  # type: ignore[attr-defined]
    assert "“bad.png”" in str(prompt.request)  # type: ignore[attr-defined]


async def test_an_old_link_that_no_longer_works_is_excluded(demo: None, owner: Person) -> None:
    image = await background.in_thread(make_image, owner, "good.png")
    rotten = "https://gone.invalid/heron.png"
    exchange = await background.in_thread(partial(ask, links=(rotten,)), owner, image)

    await generation.generate(exchange.reply)

    reply = await outcome(exchange)
    assert reply.status == "complete"
    assert any(rotten in line for line in reply.notice_lines)
    assert await Attachment.objects.exclude(refusal="").acount() == 1


@pytest.mark.usefixtures("no_service")
async def test_the_other_delivery_is_tried_first_and_remembered(
    owner: Person, settings: Settings
) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    image = await background.in_thread(make_image, owner, "heron.png")
    exchange = await background.in_thread(ask, owner, image)
    asked: list[str] = []

    def answer(request: object) -> object:
        [part] = [p for m in request.messages for p in m.parts if isinstance(p, ImagePart)]  # type: ignore[attr-defined]
        asked.append(part.url.partition(":")[0])
        return ImageRejected() if part.url.startswith("https:") else TextDelta("A heron.")

    with answering(answer, Finished("stop")):
        await generation.generate(exchange.reply)

    reply = await outcome(exchange)
    assert asked == ["https", "data"]
    assert (reply.status, reply.text, reply.notices) == ("complete", "A heron.", {})
    assert image_delivery.deliveries(MODEL) == ("inline", "link")
    assert image_delivery.deliveries("another") == ("link", "inline")


@pytest.mark.usefixtures("no_service")
@pytest.mark.parametrize(("learned", "works"), [("link", "data:"), ("inline", "https:")])
async def test_a_learned_delivery_that_no_longer_works_excludes_no_image(
    owner: Person, settings: Settings, learned: Literal["link", "inline"], works: str
) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    service.client()  # begins with empty knowledge
    learning.learn(MODEL, Learned(image_delivery=learned))
    image = await background.in_thread(make_image, owner, "heron.png")
    exchange = await background.in_thread(ask, owner, image)

    def answer(request: CompletionRequest) -> object:
        [part] = [p for m in request.messages for p in m.parts if isinstance(p, ImagePart)]
        return TextDelta("A heron.") if part.url.startswith(works) else ImageRejected()

    with answering(answer, Finished("stop")):
        await generation.generate(exchange.reply)

    reply = await outcome(exchange)
    assert (reply.status, reply.text, reply.notices) == ("complete", "A heron.", {})
    assert image_delivery.deliveries(MODEL)[0] != learned


@pytest.mark.usefixtures("no_service")
@pytest.mark.parametrize("taken", ["https:", "data:"])
async def test_one_bad_image_does_not_rule_out_its_delivery(
    owner: Person, settings: Settings, taken: str
) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    sizes = {"good.png": 20, "bad.png": 13, "fine.png": 30}
    images = [
        await background.in_thread(make_image, owner, name, (side, side))
        for name, side in sizes.items()
    ]
    exchange = await background.in_thread(ask, owner, *images)

    def answer(request: CompletionRequest) -> object:
        parts = [p for m in request.messages for p in m.parts if isinstance(p, ImagePart)]
        bad = any(not p.url.startswith(taken) or p.width == 13 for p in parts)
        return ImageRejected() if bad else TextDelta("Two herons.")

    with answering(answer, Finished("stop")):
        await generation.generate(exchange.reply)

    reply = await outcome(exchange)
    assert (reply.status, reply.text) == ("complete", "Two herons.")
    refused = [a async for a in Attachment.objects.exclude(refusal="").select_related("image")]
    assert [attachment.name for attachment in refused] == ["bad.png"]
    assert image_delivery.deliveries(MODEL)[0] == ("link" if taken == "https:" else "inline")


@pytest.mark.usefixtures("no_service")
async def test_a_refusal_after_the_first_text_fails_the_reply(owner: Person) -> None:
    image = await background.in_thread(make_image, owner, "heron.png")
    exchange = await background.in_thread(ask, owner, image)

    with answering(TextDelta("A he"), ImageRejected()):
        await generation.generate(exchange.reply)

    assert (await outcome(exchange)).status == "failed"
    assert not await Attachment.objects.exclude(refusal="").aexists()


@pytest.mark.usefixtures("no_service")
async def test_a_refusal_without_any_image_fails_the_reply(running: Exchange) -> None:
    with answering(ImageRejected()):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "failed"


@pytest.mark.usefixtures("no_service")
async def test_an_unavailable_store_fails_the_reply_with_its_own_sentence(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await background.in_thread(make_image, owner, "heron.png")
    exchange = await background.in_thread(ask, owner, image)

    def away(images: object) -> dict[object, bytes]:
        raise StoreUnavailable()

    monkeypatch.setattr("chatapp.images.store.read_many", away)
    await generation.generate(exchange.reply)

    reply = await outcome(exchange)
    assert reply.status == "failed"
    assert "storage for images" in reply.error


def test_a_model_without_vision_gets_a_note(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG["claude-sonnet-4-6"], vision=False)
    settings.CATALOG = {model.id: model}
    exchange = ask(owner, make_image(owner, "heron.png"))

    prompt = reply_prompt(exchange.reply)

    assert prompt.images_unsupported == 1
    assert prompt.images_excluded == 0
    assert "“heron.png”" in prompt.request.messages[1].text


def test_an_image_with_missing_bytes_is_excluded(owner: Person) -> None:
    image = make_image(owner, "heron.png")
    exchange = ask(owner, image)
    image.data.delete()

    prompt = reply_prompt(exchange.reply)

    assert prompt.images_excluded == 1


def test_the_page_shows_which_image_was_refused(owner: Person, owner_client: Client) -> None:
    exchange = ask(owner, make_image(owner, "heron.png"))
    complete(exchange.reply)
    Message.objects.filter(pk=exchange.reply.pk).update(
        notices={"images_refused": [["heron.png", "too <odd>"]]}
    )

    page = owner_client.get(exchange.conversation.get_absolute_url()).content.decode()

    assert "“heron.png”" in page
    assert "too &lt;odd&gt;" in page


def test_both_deliveries_send_the_same_bytes(owner: Person, settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    exchange = ask(owner, make_image(owner, "heron.png"))

    inline = reply_prompt(exchange.reply, "inline").request.messages[1].parts[0]
    link = reply_prompt(exchange.reply, "link").request.messages[1].parts[0]

    assert isinstance(inline, ImagePart)
    assert isinstance(link, ImagePart)
    content = base64.b64decode(inline.url.partition(",")[2])
    assert content == Image.objects.get().content
    assert link.url.startswith("https://chat.example.com/m/")
    assert (inline.width, inline.height) == (link.width, link.height) == (20, 20)
