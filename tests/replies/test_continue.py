"""Continue: a reply that ended too early continues in the same message."""

import pytest
from django.test import AsyncClient, Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, FinalState, Message, Progress, add_exchange
from chatapp.inference import Finished, TextDelta, Usage
from chatapp.inference.errors import ReplyTooSlow
from chatapp.replies import generation
from tests.support.replies import answering, complete, new_message, outcome
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


def cut(exchange: Exchange, text: str = "Once upon a time there was", **fields: str) -> Message:
    """End the reply at its token limit."""
    ending = {"finish_reason": "length"} | fields
    exchange.reply.begin()
    exchange.reply.finish(FinalState("complete", Progress(text, sequence=7), **ending))
    return exchange.reply


async def test_a_reply_continues_after_its_text_without_repeating(
    demo: None, owner: Person
) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await tab.send("/length /long 60")
        finished = (await live.until("message.finished"))[-1]
        half = await Message.objects.aget(pk=finished["message"])
        assert half.can_continue
        response = await tab.post(f"replies/{half.pk}/continuation")
        assert response.status_code == 200
        resumed = (await live.until("reply.resumed"))[-1]
        await live.until("message.finished")

    whole = await Message.objects.aget(pk=half.pk)
    assert 'data-status="queued"' in resumed["html"]
    assert resumed["attempt"] > half.attempt
    assert whole.text.startswith(half.text)
    # The demo model counts its sentences: a gap or a repeat would show.
    numbers = [int(word) for word in whole.text.split() if word.isdigit()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert (whole.status, whole.finish_reason) == ("complete", "stop")
    assert whole.resume_positions == [len(half.text)]
    assert whole.sequence > half.sequence
    assert (whole.completion_tokens or 0) > (half.completion_tokens or 0)


@pytest.mark.usefixtures("no_service")
async def test_text_that_the_model_repeats_is_dropped(running: Exchange) -> None:
    reply = await generation.background.in_thread(cut, running)
    assert await generation.background.in_thread(reply.resume)

    again = [TextDelta("time there was"), TextDelta(" a heron."), Usage(9, 4), Finished("stop")]
    with answering(*again):
        await generation.generate(reply)

    saved = await outcome(running)
    assert saved.text == "Once upon a time there was a heron."
    assert saved.resume_positions == [len("Once upon a time there was")]


@pytest.mark.usefixtures("no_service")
async def test_a_reply_is_complete_when_the_model_adds_nothing(running: Exchange) -> None:
    reply = await generation.background.in_thread(cut, running)
    await generation.background.in_thread(reply.resume)

    with answering(Finished("stop")):
        await generation.generate(reply)

    saved = await outcome(running)
    assert (saved.status, saved.text) == ("complete", "Once upon a time there was")


@pytest.mark.usefixtures("no_service")
async def test_an_interrupted_reply_can_continue(running: Exchange) -> None:
    with answering(TextDelta("half an ans"), ReplyTooSlow()):
        await generation.generate(running.reply)
    broken = await outcome(running)
    assert broken.can_continue
    assert broken.can_retry
    await generation.background.in_thread(broken.resume)

    with answering(TextDelta("wer."), Finished("stop")):
        await generation.generate(broken)

    saved = await outcome(running)
    assert (saved.status, saved.text, saved.error) == ("complete", "half an answer.", "")


def test_a_complete_reply_does_not_continue(exchange: Exchange) -> None:
    assert not exchange.reply.resume()


def test_a_reply_continues_only_once_at_a_time(running: Exchange) -> None:
    first, second = cut(running), Message.objects.get(pk=running.reply.pk)

    assert first.resume()
    assert not second.resume()


def test_a_reply_with_later_messages_does_not_continue(owner: Person, running: Exchange) -> None:
    reply = cut(running)
    complete(add_exchange(owner, new_message("Next", running.conversation.pk)).reply)

    assert not reply.resume()


def test_a_page_without_scripts_has_the_button(running: Exchange, owner_client: Client) -> None:
    cut(running)

    page = owner_client.get(running.conversation.get_absolute_url()).content.decode()

    assert f"/replies/{running.reply.pk}/continuation" in page
    assert "Continue" in page


async def test_only_the_owner_of_the_conversation_can_continue_a_reply(
    running: Exchange, async_member_client: AsyncClient, async_stranger_client: AsyncClient
) -> None:
    url = f"/c/{running.conversation.pk}/replies/{running.reply.pk}/continuation"

    assert (await async_member_client.post(url)).status_code == 404
    assert (await async_member_client.get(url)).status_code == 405
    answer = await async_stranger_client.post(url, headers={"accept": "application/json"})
    assert answer.status_code == 401
