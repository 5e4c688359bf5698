"""The request to the model: which messages, instructions, settings and images it has."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django import Settings

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import (
    Exchange,
    FinalState,
    Message,
    Progress,
    add_exchange,
)
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from chatapp.images.shown_image import ShownImage
from chatapp.inference import CompletionRequest, ImagePart, TextPart
from chatapp.inference.context_window import EXCLUDED_IMAGE, MAX_IMAGES
from chatapp.replies.prompt import building, image_urls
from chatapp.replies.prompt.building import CONTINUE, reply_prompt, title_request
from chatapp.replies.prompt.instructions import INSTRUCTIONS
from chatapp.replies.prompt.turns import PARTS
from tests.support.replies import complete, new_message

type Keep = Callable[[str], Image]


def request_for(reply: Message) -> CompletionRequest:
    return reply_prompt(reply).request


def turns(reply: Message) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in request_for(reply).messages[1:]]


def refused(reply: Message) -> None:
    """Store the reply as refused by the web firewall."""
    Message.objects.filter(pk=reply.pk).update(error_kind="blocked", status="failed")


@pytest.fixture
def keep(owner: Person) -> Keep:
    def make(content: str) -> Image:
        digest = content.rjust(64, "0")
        thumbnail = {"thumbnail": b"", "thumbnail_type": "", "animated": False}
        size = {"thumbnail_width": 0, "thumbnail_height": 0}
        prepared = PreparedImage(
            content.encode(), "image/png", 30, 20, digest, f"{content}.png", **thumbnail, **size
        )
        return Image.objects.store(owner, prepared)

    return make


def test_the_branch_follows_our_instructions(owner: Person, exchange: Exchange) -> None:
    added = add_exchange(owner, new_message("And then?", exchange.conversation.pk))

    request = request_for(added.reply)

    assert request.model == "claude-sonnet-4-6"
    assert request.max_tokens == 8192
    assert turns(added.reply) == [
        ("user", "Hello"),
        ("assistant", "A reply."),
        ("user", "And then?"),
    ]


def test_our_instructions_are_the_same_bytes_for_everybody(
    owner: Person, member: Person, exchange: Exchange
) -> None:
    other = add_exchange(member, new_message("Something else"))

    first, second = request_for(exchange.reply), request_for(other.reply)

    assert first.messages[0] == second.messages[0]
    assert first.messages[0].role == "system"


def test_our_instructions_fit_any_model() -> None:
    assert "Claude" not in INSTRUCTIONS + building.TITLE_INSTRUCTIONS
    assert r"\( and \)" in INSTRUCTIONS
    assert "a longer fence" in INSTRUCTIONS


def test_instructions_of_the_conversation_follow_ours(owner: Person) -> None:
    added = add_exchange(owner, new_message(instructions="Answer in rhymes."))

    system = request_for(added.reply).messages[0].text

    assert system.startswith(INSTRUCTIONS)
    assert system.endswith("Answer in rhymes.")


def test_personal_instructions_come_between_ours_and_the_conversations(owner: Person) -> None:
    PersonalInstructions.objects.create(person=owner, about=" A heron. ", answer_style="Briefly.")
    added = add_exchange(owner, new_message(instructions="Answer in rhymes."))

    system = request_for(added.reply).messages[0].text

    personal = (
        "What the person says about themselves:\nA heron.\n\n"
        "How the person wants you to answer:\nBriefly."
    )
    assert system == f"{INSTRUCTIONS}\n\n{personal}\n\nAnswer in rhymes."


def test_a_conversation_keeps_the_personal_instructions_of_its_beginning(owner: Person) -> None:
    own = PersonalInstructions.objects.create(person=owner, about="A heron.")
    first = add_exchange(owner, new_message())
    complete(first.reply)
    before = request_for(first.reply).messages[0]
    own.about = "A crane."
    own.save()

    second = add_exchange(owner, new_message("And then?", first.conversation.pk))
    new = add_exchange(owner, new_message())

    assert request_for(second.reply).messages[0] == before
    assert "A crane." in request_for(new.reply).messages[0].text


def test_sampling_and_length_are_those_of_the_conversation(owner: Person) -> None:
    warm = request_for(add_exchange(owner, new_message(temperature=0.3, max_tokens=500)).reply)
    narrow = request_for(add_exchange(owner, new_message(top_p=0.8)).reply)

    assert (warm.temperature, warm.top_p, warm.max_tokens) == (0.3, None, 500)
    assert (narrow.temperature, narrow.top_p, narrow.max_tokens) == (None, 0.8, 8192)


def test_a_length_above_the_models_own_is_lowered(owner: Person) -> None:
    added = add_exchange(owner, new_message(max_tokens=1_000_000))

    assert request_for(added.reply).max_tokens == 8192


@pytest.mark.parametrize(("effort", "budget"), [("low", 1024), ("medium", 2048), ("high", 4000)])
def test_thinking_comes_on_top_of_the_answer(owner: Person, effort: str, budget: int) -> None:
    new = new_message(thinking=effort, max_tokens=500, temperature=0.3)

    request = request_for(add_exchange(owner, new).reply)

    assert (request.max_tokens, request.thinking_budget) == (500, budget)


def test_a_model_that_cannot_think_is_not_asked_to(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG["claude-sonnet-4-6"], thinking=False)
    settings.CATALOG = {model.id: model}

    request = request_for(add_exchange(owner, new_message(thinking="high")).reply)

    assert request.thinking_budget is None


def test_too_small_a_model_does_not_think(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG["claude-sonnet-4-6"], max_output=2_000)
    settings.CATALOG = {model.id: model}

    request = request_for(add_exchange(owner, new_message(thinking="high")).reply)

    assert (request.max_tokens, request.thinking_budget) == (2_000, None)


def test_a_reply_that_was_retried_is_not_sent(running: Exchange) -> None:
    running.reply.begin()
    running.reply.finish(FinalState(Message.Status.FAILED, Progress("half"), error="It broke."))

    assert turns(running.reply.retry()) == [("user", "Hello")]


def test_reasoning_is_never_sent_back(owner: Person, running: Exchange) -> None:
    running.reply.begin()
    progress = Progress("Four.", reasoning="Two and two.")
    running.reply.finish(FinalState(Message.Status.COMPLETE, progress))
    added = add_exchange(owner, new_message("Sure?", running.conversation.pk))

    assert "Two and two" not in str(request_for(added.reply))


def test_a_reply_with_text_is_continued(running: Exchange) -> None:
    running.reply.begin()
    running.reply.finish(FinalState("complete", Progress("Once upon"), finish_reason="length"))
    assert running.reply.resume()

    assert turns(running.reply) == [
        ("user", "Hello"),
        ("assistant", "Once upon"),
        ("user", CONTINUE),
    ]


def test_a_blank_reply_is_requested_again(running: Exchange) -> None:
    running.reply.begin()
    running.reply.text = "\n\n"

    assert turns(running.reply) == [("user", "Hello")]


def test_an_excluded_message_is_not_sent(owner: Person, exchange: Exchange) -> None:
    refused(exchange.reply)
    added = add_exchange(owner, new_message("Go on", exchange.conversation.pk))
    assert exchange.reply.exclude("turn")

    assert turns(added.reply) == [("user", "Go on")]

    assert exchange.reply.exclude("none")
    assert len(turns(added.reply)) == 3


def test_everything_before_a_message_can_be_excluded(owner: Person, exchange: Exchange) -> None:
    second = add_exchange(owner, new_message("Second", exchange.conversation.pk))
    complete(second.reply)
    third = add_exchange(owner, new_message("Third", exchange.conversation.pk))

    refused(second.reply)
    assert second.reply.exclude("earlier")

    assert [text for _, text in turns(third.reply)] == ["Second", "A reply.", "Third"]


def test_images_come_before_the_text(owner: Person, keep: Keep) -> None:
    new = replace(
        new_message("What is this?"),
        images=(ShownImage(keep("abc")),),
        links=("https://a.example/b.jpg",),
    )

    request = request_for(add_exchange(owner, new).reply)

    assert request.messages[1].parts == (
        ImagePart("data:image/png;base64,YWJj", 30, 20),
        ImagePart("https://a.example/b.jpg"),
        TextPart("What is this?"),
    )


def test_the_model_learns_that_images_are_parts_of_one(owner: Person, keep: Keep) -> None:
    images = ShownImage(keep("abc"), 1, 2), ShownImage(keep("def"), 2, 2)
    new = replace(new_message("What is this?"), images=images)

    request = request_for(add_exchange(owner, new).reply)

    assert request.messages[1].parts[2:] == (TextPart(PARTS), TextPart("What is this?"))


def test_only_the_newest_images_are_read(owner: Person, keep: Keep) -> None:
    names = [f"{number:02}" for number in range(MAX_IMAGES + 2)]
    conversation = None
    for start in (0, 10, 20):
        images = tuple(ShownImage(keep(name)) for name in names[start : start + 10])
        exchange = add_exchange(owner, replace(new_message("Look", conversation), images=images))
        conversation = exchange.conversation.pk
        complete(exchange.reply)

    prompt = reply_prompt(exchange.reply)

    parts = [part for message in prompt.request.messages for part in message.parts]
    assert len([part for part in parts if isinstance(part, ImagePart)]) == MAX_IMAGES
    assert parts.count(TextPart(EXCLUDED_IMAGE)) == prompt.images_excluded == 2


def test_images_that_are_too_large_together_are_excluded(
    owner: Person, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_urls, "IMAGE_BYTES", 5)
    new = replace(new_message("Look"), images=(ShownImage(keep("abc")), ShownImage(keep("def"))))

    prompt = reply_prompt(add_exchange(owner, new).reply)

    assert prompt.images_excluded == 1
    assert prompt.request.messages[1].parts[0] == TextPart(EXCLUDED_IMAGE)


def test_a_title_request_has_only_the_beginning_of_the_text(exchange: Exchange) -> None:
    exchange.message.text = "word " * 1000

    request = title_request(exchange.message, "claude-sonnet-4-6")

    assert len(request.messages[1].text) <= 300
    assert request.max_tokens <= 40
