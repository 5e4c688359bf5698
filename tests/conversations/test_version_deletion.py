"""Deleting one of several versions, with everything after it, and bringing it back as it was."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.conversations import news, removal
from chatapp.conversations.access import own_message, own_reply, visible_image
from chatapp.conversations.history import first_hidden
from chatapp.conversations.models import (
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    Decision,
    Exchange,
    Message,
    NotRestorable,
    OnlyVersion,
    ToolCall,
    add_exchange,
    branch_off,
    branches,
    decide,
    deletion,
    version_deletion,
)
from chatapp.images.models import Image
from tests.conversations.test_versions import edited, followed, regenerated, texts
from tests.images.conftest import made
from tests.support.replies import new_message


def delete(message: Message) -> list[uuid.UUID] | None:
    """Delete a version as a page does that shows everything."""
    head = message.conversation.branch.last()
    return message.delete_version(head.pk if head else None)  # type: ignore[no-any-return]


def state(conversation: Conversation) -> list[tuple[object, ...]]:
    """Return all that a deletion could change, apart from when its neighbour was chosen."""
    rows = conversation.messages.order_by("position", "created_at", "pk")
    return list(rows.values_list("pk", "parent", "on_branch", "deleted_at", "has_news", "status"))


def test_the_neighbour_is_shown_and_an_undo_brings_everything_back(exchange: Exchange) -> None:
    second = regenerated(exchange.reply, "Another")
    followed(exchange, "Below")
    edited(Exchange(exchange.conversation, *last_two(exchange), created=True), "Below, edited")
    regenerated(exchange.conversation.branch.get(position=1), "A third")
    second.show()
    before = state(exchange.conversation)
    shown = texts(exchange.conversation)

    assert delete(second) == []

    assert texts(exchange.conversation) == ["Hello", "A reply."]
    [neighbour] = exchange.conversation.branch.filter(position=1)
    assert (neighbour.versions.number, neighbour.versions.count) == (1, 2)
    assert delete(second) is None  # a repeated request
    assert Message.objects.exclude(deleted_at=None).count() == 5

    assert second.restore_version()
    assert state(exchange.conversation) == before
    assert texts(exchange.conversation) == shown
    assert not second.restore_version()


def last_two(exchange: Exchange) -> list[Message]:
    return list(exchange.conversation.branch)[-2:]


def test_the_first_version_is_followed_by_the_second(exchange: Exchange) -> None:
    edited(exchange, "Good evening")
    exchange.message.show()

    delete(exchange.message)

    assert texts(exchange.conversation) == ["Good evening", "To Good evening"]
    [shown, _reply] = exchange.conversation.branch
    assert shown.versions.count == 1


def test_the_only_version_stays(exchange: Exchange) -> None:
    with pytest.raises(OnlyVersion):
        delete(exchange.reply)

    second = regenerated(exchange.reply, "Another")
    delete(second)
    exchange.reply.refresh_from_db()
    with pytest.raises(OnlyVersion):
        delete(exchange.reply)


def test_a_page_that_shows_something_else_deletes_nothing(exchange: Exchange) -> None:
    second = regenerated(exchange.reply, "Another")
    with pytest.raises(ConversationContinued):
        second.delete_version(exchange.reply.pk)
    with pytest.raises(ConversationContinued):
        delete(exchange.reply)  # it isn't shown
    deletion.delete(exchange.conversation)
    with pytest.raises(ConversationDeleted):
        delete(second)
    assert not Message.objects.exclude(deleted_at=None).exists()


def test_a_reply_that_runs_is_asked_to_stop(exchange: Exchange) -> None:
    edit = replace(new_message("Other", exchange.conversation.pk), replaces=exchange.message.pk)
    running = add_exchange(exchange.conversation.owner, edit)

    assert delete(running.message) == [running.reply.pk]

    running.reply.refresh_from_db()
    assert running.reply.stop_requested_at
    # Its end is no news in a version that nobody finds.
    Message.objects.filter(pk=running.reply.pk).update(status="complete")
    news.mark(Message.objects.get(pk=running.reply.pk))
    assert not Message.objects.filter(has_news=True).exists()


def _find(message: Message) -> None:
    own_message(message.conversation.owner, message.conversation_id, message.pk)


def _find_reply(message: Message) -> None:
    own_reply(message.conversation.owner, message.conversation_id, message.pk)


def _show(message: Message) -> None:
    if not message.show():
        raise Http404


def _copy(message: Message) -> None:
    branch_off(message, uuid.uuid4())


def _regenerate(message: Message) -> None:
    regenerated(message, "New")


@pytest.mark.parametrize("use", [_find, _find_reply, _show, _copy, _regenerate])
def test_a_deleted_version_is_neither_found_nor_used(
    exchange: Exchange, use: Callable[[Message], None]
) -> None:
    second = regenerated(exchange.reply, "Another")
    delete(second)

    with pytest.raises((Http404, ConversationContinued)):
        use(second)
    copy, _created = branch_off(exchange.message, uuid.uuid4())
    assert texts(copy) == texts(exchange.conversation) == ["Hello", "A reply."]


def test_a_version_that_was_deleted_isnt_shown_with_what_is_before_it(exchange: Exchange) -> None:
    regenerated(exchange.reply, "Another")
    delete(exchange.conversation.branch.get(position=1))
    edited(exchange, "Good evening")

    exchange.message.show()

    assert texts(exchange.conversation) == ["Hello", "A reply."]


def test_a_message_of_a_deleted_version_is_not_sent_again(exchange: Exchange) -> None:
    new = replace(new_message("Other", exchange.conversation.pk), replaces=exchange.message.pk)
    sent = add_exchange(exchange.conversation.owner, new)
    delete(sent.message)

    with pytest.raises(ConversationContinued):
        add_exchange(exchange.conversation.owner, new)


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_tool_call_in_a_deleted_version_is_not_decided(
    exchange: Exchange, decision: Decision
) -> None:
    second = regenerated(exchange.reply, "Another")
    call = ToolCall.objects.create(
        reply=second, round=0, index=0, text_length=0, call_id="1", name="n", summary="",
        state="awaiting_approval",
    )  # fmt: skip
    Message.objects.filter(pk=second.pk).update(status="waiting")
    delete(second)

    assert not decide(second, call.pk, decision)
    second.restore_version()
    assert Message.objects.get(pk=second.pk).status == "waiting"


def test_a_version_inside_a_deleted_one_keeps_its_own_mark(exchange: Exchange) -> None:
    below = followed(exchange, "Below")
    inner = regenerated(below.reply, "Inner")
    delete(inner)
    regenerated(exchange.reply, "Another")
    exchange.reply.show()
    delete(exchange.reply)

    with pytest.raises(NotRestorable):
        inner.restore_version()
    exchange.reply.restore_version()
    assert texts(exchange.conversation) == ["Hello", "A reply.", "Below", "To Below"]
    inner.restore_version()
    assert texts(exchange.conversation)[-1] == "Inner"


def test_a_page_that_shows_a_deleted_version_learns_from_where(exchange: Exchange) -> None:
    second = regenerated(exchange.reply, "Another")
    delete(second)
    assert first_hidden(exchange.conversation, second.pk) == 1

    Message.objects.filter(pk=second.pk).delete()
    assert first_hidden(exchange.conversation, second.pk) == 0


def test_the_rows_go_a_day_later_and_nothing_else(exchange: Exchange) -> None:
    later = followed(exchange, "Below")
    delete(regenerated(later.reply, "Inner"))
    delete(regenerated(exchange.reply, "Another"))
    new = regenerated(exchange.reply, "New")
    delete(new)
    old = Message.objects.exclude(deleted_at=None).exclude(pk=new.pk)
    old.update(deleted_at=timezone.now() - version_deletion.KEPT - timedelta(minutes=1))
    kept = set(Message.objects.exclude(pk__in=old).values_list("pk", flat=True))

    before = timezone.now() - version_deletion.KEPT
    while version_deletion.remove_batch(Message.objects.all(), before):
        pass

    assert set(Message.objects.values_list("pk", flat=True)) == kept
    gone = Message(pk=uuid.uuid4(), conversation=exchange.conversation)
    with pytest.raises(NotRestorable):
        gone.restore_version()


def test_an_undo_comes_too_late_once_rows_may_have_gone(exchange: Exchange) -> None:
    """They go from the end, so what is left would come back without what followed."""
    second = regenerated(exchange.reply, "Another")
    followed(exchange, "Below")
    delete(second)
    rows = Message.objects.exclude(deleted_at=None)
    rows.update(deleted_at=timezone.now() - version_deletion.KEPT)

    with pytest.raises(NotRestorable):
        second.restore_version()
    assert texts(exchange.conversation) == ["Hello", "A reply."]


def test_a_batch_never_cascades_to_the_rest(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version_deletion, "BATCH", 2)
    second = regenerated(exchange.reply, "Another")
    for number in range(4):
        followed(exchange, f"Message {number}")
    delete(second)
    counts = []

    while version_deletion.remove_batch(Message.objects.all(), timezone.now()):
        counts.append(Message.objects.count())

    assert counts == [9, 7, 5, 3, 2]


def test_images_of_a_deleted_version_are_only_seen_by_who_uploaded_them(
    exchange: Exchange, member: object
) -> None:
    image = Image.objects.store(member, made())  # type: ignore[arg-type]
    new = edited(exchange, "Other")
    new.message.attachments.create(position=0, image=image)
    assert visible_image(exchange.conversation.owner, image.pk)

    delete(new.message)

    with pytest.raises(Http404):
        visible_image(exchange.conversation.owner, image.pk)


def test_deleting_costs_the_same_queries_however_long_the_version_is(exchange: Exchange) -> None:
    counts = []
    for length in (1, 12):
        version = regenerated(exchange.conversation.branch.get(position=1), "Another")
        for number in range(length):
            followed(exchange, f"Message {number}")
        with CaptureQueriesContext(connection) as captured:
            delete(version)
        counts.append(len(captured))
        assert branches.is_deleted(version)

    assert counts[0] == counts[1]


def test_removal_takes_versions_too(exchange: Exchange) -> None:
    delete(regenerated(exchange.reply, "Another"))

    assert not removal._remove_versions()
    Message.objects.exclude(deleted_at=None).update(
        deleted_at=timezone.now() - version_deletion.KEPT - timedelta(minutes=1)
    )
    assert removal._remove_versions()
    assert not removal._remove_versions()
    assert Message.objects.count() == 2
