"""Which messages of a long conversation a request has, and what finding them costs."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, InterfaceError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, Message, add_exchange
from chatapp.inference import ChatMessage, Model
from chatapp.inference.catalog import find_model
from chatapp.inference.context_window import message_tokens
from chatapp.inference.knowledge import Learned, ModelKnowledge
from chatapp.inference.prepared import prepare
from chatapp.replies import learning
from chatapp.replies.prompt import history
from chatapp.replies.prompt.building import Prompt, reply_prompt
from tests.support.replies import MODEL, complete, new_message

WORDS = "word " * 200
TEXT_TOKENS = message_tokens(ChatMessage.from_text("user", WORDS))


@pytest.fixture
def small_window(settings: Settings) -> Model:
    model = replace(settings.CATALOG[MODEL], context_window=9_000)
    settings.CATALOG = {model.id: model}
    return model


def long_conversation(owner: Person, count: int, *, is_old: bool = False) -> Conversation:
    """Add a conversation of finished messages, as this release writes them or an older one did."""
    conversation = Conversation.objects.create(owner=owner, model=MODEL)
    known = {} if is_old else {"estimated_tokens": TEXT_TOKENS, "is_plain": True}
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            position=position,
            role="assistant" if position % 2 else "user",
            status="complete",
            text=WORDS,
            html="<p>stored</p>",
            **known,
        )
        for position in range(count)
    )
    return conversation


def exchanges(owner: Person, conversation: Conversation, count: int) -> Iterator[Prompt]:
    for number in range(count):
        added = add_exchange(owner, new_message(f"Question {number}", conversation.pk))
        yield reply_prompt(added.reply)
        complete(added.reply)


def user_messages(prompt: Prompt) -> list[ChatMessage]:
    return [message for message in prompt.request.messages if message.role == "user"]


def begin(prompt: Prompt) -> int:
    """Return the number of messages that the request begins after."""
    return 2 * prompt.turns_excluded


def test_what_does_not_fit_is_not_read(owner: Person, small_window: Model) -> None:
    conversation = long_conversation(owner, 1_000)
    added = add_exchange(owner, new_message("Now?", conversation.pk))

    with CaptureQueriesContext(connection) as captured:
        prompt = reply_prompt(added.reply)

    assert 0 < len(user_messages(prompt)) < 40
    assert prompt.turns_excluded + len(user_messages(prompt)) == 501
    assert len(captured) <= 5
    assert not any('"html"' in query["sql"] for query in captured if "message" in query["sql"])
    # The client has the same estimates, and nothing more to exclude.
    assert prepare(prompt.request, small_window).turns_excluded == 0


def test_the_beginning_of_a_long_request_stays_the_same(owner: Person, small_window: Model) -> None:
    """The service caches requests by their common beginning."""
    conversation = long_conversation(owner, 200)

    prompts = list(exchanges(owner, conversation, 12))

    begins = [begin(prompt) for prompt in prompts]
    assert begins == sorted(begins)
    assert len(set(begins)) <= 4
    for before, after in pairwise(prompts):
        if begin(before) == begin(after):
            shared = before.request.messages
            assert after.request.messages[: len(shared)] == shared


def test_a_conversation_that_fits_is_sent_whole(owner: Person) -> None:
    conversation = long_conversation(owner, 60)

    [prompt] = exchanges(owner, conversation, 1)

    assert (len(user_messages(prompt)), prompt.turns_excluded) == (31, 0)


@pytest.mark.parametrize(("first", "last", "expected"), [(0, 8, 0), (5, 9, 6), (101, 999, 128)])
def test_the_beginning_moves_by_a_part_of_what_fits(first: int, last: int, expected: int) -> None:
    assert history._stable_begin(first, last) == expected
    assert history._stable_begin(last, last) == last


def test_a_message_that_is_too_long_alone_is_sent_alone(owner: Person, small_window: Model) -> None:
    conversation = long_conversation(owner, 4)
    added = add_exchange(owner, new_message("word " * 20_000, conversation.pk))

    prompt = reply_prompt(added.reply)

    assert (len(user_messages(prompt)), prompt.turns_excluded) == (1, 2)


def test_messages_are_estimated_when_they_are_stored(owner: Person, exchange: Exchange) -> None:
    message = Message.objects.get(pk=exchange.message.pk)

    assert message.estimated_tokens == message_tokens(ChatMessage.from_text("user", "Hello"))
    assert message.is_plain


def test_a_continued_reply_is_estimated_again(owner: Person, exchange: Exchange) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(
        finish_reason="length", estimated_tokens=1, is_plain=True
    )
    exchange.reply.refresh_from_db()

    assert exchange.reply.resume()

    assert (exchange.reply.estimated_tokens, exchange.reply.is_plain) == (None, None)


def test_messages_of_an_older_release_are_estimated_once(
    owner: Person, small_window: Model
) -> None:
    conversation = long_conversation(owner, 100, is_old=True)
    new = long_conversation(owner, 100)
    [old_prompt] = exchanges(owner, conversation, 1)
    [new_prompt] = exchanges(owner, new, 1)
    assert old_prompt.request.messages == new_prompt.request.messages

    known = conversation.messages.filter(text=WORDS, estimated_tokens=TEXT_TOKENS, is_plain=True)
    assert known.count() == 100


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_estimates_that_can_not_be_saved_change_nothing(
    owner: Person, small_window: Model, error: type[Exception]
) -> None:
    conversation = long_conversation(owner, 100, is_old=True)
    added = add_exchange(owner, new_message("Now?", conversation.pk))

    with patch.object(history, "save_estimates", side_effect=error):
        prompt = reply_prompt(added.reply)

    assert prompt.turns_excluded > 0


def test_a_window_that_the_service_has_named_is_kept(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = long_conversation(owner, 200)
    monkeypatch.setattr(learning, "_knowledge", ModelKnowledge())
    learning.learn(MODEL, Learned(context_window=9_000))

    [prompt] = exchanges(owner, conversation, 1)

    model = find_model(django_settings.CATALOG, MODEL)
    assert model
    assert prepare(prompt.request, replace(model, context_window=9_000)).turns_excluded == 0


def test_images_of_a_long_conversation_are_found(owner: Person) -> None:
    conversation = long_conversation(owner, 30)
    new = replace(new_message("Look", conversation.pk), links=("https://a.example/b.jpg",))
    added = add_exchange(owner, new)
    assert Message.objects.get(pk=added.message.pk).is_plain is False

    prompt = reply_prompt(added.reply)

    assert [attachment.link for attachment in prompt.images] == ["https://a.example/b.jpg"]


def test_twice_the_messages_cost_the_same_queries(owner: Person) -> None:
    counts = []
    for count in (40, 80):
        added = add_exchange(owner, new_message("Now?", long_conversation(owner, count).pk))
        with CaptureQueriesContext(connection) as captured:
            reply_prompt(added.reply)
        counts.append(len(captured))

    assert counts[0] == counts[1]
