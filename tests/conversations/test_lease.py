"""One process makes a reply until its lease ends; an overtaken process changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatapp.conversations.models import Exchange, FinalState, Message, Progress, TokenUsage
from chatapp.conversations.models.saving import Snapshot, save_snapshots, unwanted_attempts
from chatapp.server import process_name

pytestmark = pytest.mark.django_db


def again(exchange: Exchange) -> Message:
    """Return the reply as another process reads it."""
    return Message.objects.get(pk=exchange.reply.pk)


def save(reply: Message, progress: Progress) -> None:
    save_snapshots([Snapshot(reply, progress)])


def expire(reply: Message) -> None:
    Message.objects.filter(pk=reply.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_queued_reply_is_begun_once(running: Exchange) -> None:
    first, second = again(running), again(running)

    assert first.begin()
    assert not second.begin()

    reply = again(running)
    assert (reply.attempt, reply.status, reply.leased_by) == (1, "streaming", process_name.NAME)
    left = reply.leased_until - timezone.now()
    assert timedelta(seconds=8) < left <= timedelta(seconds=10)


def test_a_reply_stopped_in_the_queue_is_never_begun(running: Exchange) -> None:
    running.reply.request_stop()

    assert not again(running).begin()


def test_a_reply_that_is_held_or_just_queued_is_not_lost(running: Exchange) -> None:
    assert not Message.objects.lost()
    assert again(running).begin()
    assert not Message.objects.lost()
    assert not again(running).take_over()


def test_a_queued_reply_that_no_process_began_is_taken_over(running: Exchange) -> None:
    expire(running.reply)
    assert Message.objects.lost().get() == running.reply

    assert again(running).take_over()

    reply = again(running)
    assert (reply.attempt, reply.crashes, reply.takeovers) == (1, 0, 0)
    assert not running.reply.begin()


def test_an_expired_lease_is_taken_over_once_and_its_holder_can_no_longer_save(
    running: Exchange,
) -> None:
    owner = again(running)
    owner.begin()
    save(owner, Progress("half a", sequence=3))
    expire(owner)
    first, second = again(running), again(running)

    assert first.take_over()
    assert not second.take_over()

    assert (first.text, first.attempt, first.crashes, first.takeovers) == ("half a", 2, 1, 1)
    save(owner, Progress("stale", sequence=5))
    assert unwanted_attempts([owner]) == {owner.pk}
    assert not owner.release(Progress("stale"), TokenUsage())
    assert not owner.finish(FinalState(Message.Status.COMPLETE, Progress("stale")))
    assert again(running).text == "half a"


def test_a_holder_that_is_late_but_not_overtaken_may_finish(running: Exchange) -> None:
    owner = again(running)
    owner.begin()
    expire(owner)

    assert owner.finish(FinalState(Message.Status.COMPLETE, Progress("all")))

    assert not Message.objects.lost()


def test_leases_of_this_process_are_renewed(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    again(running).begin()
    expire(running.reply)
    monkeypatch.setattr(process_name, "NAME", "another")
    assert Message.objects.renew_leases([running.reply.pk]) == 0
    monkeypatch.undo()

    assert Message.objects.renew_leases([running.reply.pk]) == 1

    assert not Message.objects.lost()


def test_a_lease_whose_task_has_died_is_not_renewed(running: Exchange) -> None:
    again(running).begin()

    assert Message.objects.renew_leases([]) == 0


def test_an_overtaken_process_cannot_close_the_reply(running: Exchange) -> None:
    old = again(running)
    old.begin()
    expire(old)
    again(running).take_over()

    assert not old.close(Message.Status.FAILED, "It broke.", only_if="is this attempt")

    assert again(running).is_running


def test_a_released_reply_can_be_taken_over_at_once_without_counting_a_crash(
    running: Exchange,
) -> None:
    owner = again(running)
    owner.begin()

    assert owner.release(Progress("half a", sequence=3), TokenUsage(7, 2, usage_is_estimated=True))

    reply = Message.objects.lost().get()
    assert reply.take_over()
    assert (reply.text, reply.sequence, reply.takeovers, reply.crashes) == ("half a", 3, 1, 0)
    assert reply.token_usage == TokenUsage(7, 2, usage_is_estimated=True)


def test_a_reply_without_text_loses_its_reasoning_on_a_takeover(running: Exchange) -> None:
    owner = again(running)
    owner.begin()
    owner.release(Progress(reasoning="Hm.", thought_seconds=2.0), TokenUsage())
    reply = again(running)

    reply.take_over()

    assert (reply.reasoning, reply.thought_seconds) == ("", None)
    assert again(running).reasoning == ""


def test_a_reply_with_a_stop_request_is_no_longer_saved(running: Exchange) -> None:
    reply = running.reply
    reply.begin()
    save(reply, Progress("so far", sequence=1))
    assert unwanted_attempts([reply]) == set()

    assert reply.request_stop()

    save(reply, Progress("so far and more", sequence=2))
    assert unwanted_attempts([reply]) == {reply.pk}
    reply.refresh_from_db()
    assert reply.text == "so far"


def test_a_reply_with_a_holder_is_not_closed_by_others(running: Exchange) -> None:
    reply = again(running)
    reply.begin()

    assert not again(running).close(Message.Status.STOPPED, only_if="is lost")
    expire(reply)
    assert again(running).close(Message.Status.STOPPED, only_if="is lost")

    assert again(running).status == "stopped"


def test_continue_resets_the_count_of_crashes(running: Exchange) -> None:
    reply = again(running)
    reply.begin()
    Message.objects.update(crashes=2, takeovers=4)
    reply.finish(FinalState(Message.Status.FAILED, Progress("half a"), error="It broke."))

    assert again(running).resume()

    reply = again(running)
    assert (reply.crashes, reply.takeovers, reply.leased_by) == (0, 0, "")
    assert not Message.objects.lost()


def test_all_progress_is_saved_and_read_back(running: Exchange) -> None:
    reply = again(running)
    reply.begin()
    reply.first_token_at = timezone.now()
    notices = {"images_refused": [["heron “1”.png", "It's too small."]]}
    progress = Progress("Text\n😀", "Hm.", 7, 1.5, notices, [4, 9])

    save(reply, progress)

    saved = again(running)
    assert saved.progress == progress
    assert saved.first_token_at == reply.first_token_at
