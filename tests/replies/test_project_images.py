"""Images of a project: named, before those of the conversation, and refused once for all."""

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message, add_exchange
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Page
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.images.shown_image import ShownImage
from chatapp.inference import CompletionRequest, Finished, ImagePart, TextDelta, TextPart
from chatapp.inference.errors import ImageRejected
from chatapp.projects import material
from chatapp.projects.models import Project, ProjectFile
from chatapp.replies import generation
from chatapp.replies.prompt import scans
from chatapp.replies.prompt.building import reply_prompt
from tests.documents.kit import reread
from tests.projects.file_kit import add_document, add_image, ask, new_image
from tests.projects.kit import project_of
from tests.support.replies import MODEL, answering, complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


def images(request: CompletionRequest) -> list[ImagePart]:
    return [part for m in request.messages for part in m.parts if isinstance(part, ImagePart)]


def ask_with_images(project: Project, owner: Person, count: int) -> Message:
    """Return a reply to a message with so many images of its own."""
    own = tuple(ShownImage(new_image(owner, f"own {number}.png")) for number in range(count))
    added = add_exchange(owner, replace(new_message("What is it?"), images=own))
    Conversation.objects.filter(pk=added.conversation.pk).update(project=project)
    return reread(added.reply)


def test_images_come_first_each_after_its_name(owner: Person) -> None:
    project = project_of(owner)
    add_document(project, "Herons wait.")
    for name in ("a.png", "b “c”\n.png"):
        add_image(project, name)

    material, question = reply_prompt(ask(project, owner)).request.messages[1:]

    first, image, second, _other, document = material.parts
    assert first == TextPart("[The image “a.png” of the project:]")
    assert isinstance(image, ImagePart)
    assert (image.width, image.height) == (20, 10)
    assert second == TextPart("[The image “b 'c' .png” of the project:]")
    assert isinstance(document, TextPart)
    assert document.text.startswith("<document")
    assert question.text == "What is it?"


def test_the_newest_of_a_project_stay_out_and_half_of_all_places_are_the_conversations(
    owner: Person,
) -> None:
    project = project_of(owner)
    for number in range(12):
        add_image(project, f"{number}.png")
    reply = ask_with_images(project, owner, 15)

    prompt = reply_prompt(reply)

    assert [holder.name for holder in prompt.images] == [
        *(f"{number}.png" for number in range(10)),
        *(f"own {number}.png" for number in range(5, 15)),
    ]
    assert len(images(prompt.request)) == 20
    assert "[The image “11.png” of the project was left out.]" in prompt.request.messages[1].text
    assert prompt.images_excluded == 5  # those of the conversation


def test_images_of_a_project_have_a_limit_of_size(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "MAX_IMAGE_BYTES", 11)
    project = project_of(owner)
    for number in range(3):
        add_image(project, f"{number}.png")  # of five bytes

    assert [holder.name for holder in reply_prompt(ask(project, owner)).images] == [
        "0.png",
        "1.png",
    ]


def test_a_model_without_vision_gets_the_names(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG[MODEL], vision=False)
    settings.CATALOG = {model.id: model}
    project = project_of(owner)
    add_image(project)

    prompt = reply_prompt(ask(project, owner))

    assert prompt.request.messages[1].text == "[An image that you cannot see: “heron.png”.]"
    assert images(prompt.request) == []


def test_images_for_which_the_service_failed_stay_out(owner: Person) -> None:
    project = project_of(owner)
    add_image(project)
    first = ask(project, owner)
    assert len(images(reply_prompt(first).request)) == 1
    complete(first)
    Message.objects.filter(pk=first.pk).update(notices={"images_suspected": 1})

    assert images(reply_prompt(ask(project, owner, "And?", first)).request) == []
    assert len(images(reply_prompt(ask(project, owner)).request)) == 1


def test_scanned_pages_take_the_places_that_images_leave(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def images_of(document: Document, numbers: list[int]) -> dict[int, bytes]:
        return dict.fromkeys(numbers, b"x")

    monkeypatch.setattr(scans, "images_of", images_of)
    project = project_of(owner)
    add_document(project, "A cover.", *[Page("", is_scanned=True)] * 20, name="scan.pdf")
    for number in range(4):
        add_image(project, f"{number}.png")

    prompt = reply_prompt(ask(project, owner))

    assert len(images(prompt.request)) == 10
    assert "[The scanned page 7 of “scan.pdf”:]" in prompt.request.messages[1].text
    assert "[The scanned page 8" not in prompt.request.messages[1].text
    assert [holder.name for holder in prompt.scanned] == ["scan.pdf"]
    ProjectFile.objects.exclude(document=None).update(refusal="No.")
    assert len(images(reply_prompt(ask(project, owner)).request)) == 4


@pytest.mark.usefixtures("no_service")
async def test_a_refused_image_is_left_out_for_everybody_and_named(owner: Person) -> None:
    def begin() -> tuple[Project, Message]:
        project = project_of(owner)
        for name in ("good.png", "bad.png"):
            file = io.BytesIO()
            Pillow.new("RGB", (20, len(name) * 10), "teal").save(file, "PNG")
            image = Image.objects.store(owner, prepare(file.getvalue(), name))
            ProjectFile.objects.create(project=project, image=image)
        return project, ask(project, owner)

    def say(request: CompletionRequest) -> list[Any]:
        if any(image.height == 70 for image in images(request)):
            return [ImageRejected("no")]
        return [TextDelta("A heron."), Finished("stop")]

    project, reply = await background.in_thread(begin)
    with answering(say):
        await generation.generate(reply)

    await reply.arefresh_from_db()
    assert (reply.status, reply.text) == ("complete", "A heron.")
    assert any("bad.png" in line for line in reply.notice_lines)
    refused = [file async for file in ProjectFile.objects.exclude(refusal="")]
    assert [file.image_id for file in refused] == [(await Image.objects.aget(name="bad.png")).pk]
    later = await background.in_thread(lambda: reply_prompt(ask(project, owner)))
    assert "could not use the image “bad.png”" in later.request.messages[1].text
    assert len(later.images) == 1
