"""Deleting a project keeps its chats or takes them along, and both can be undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations import removal
from chatapp.conversations.models import (
    Conversation,
    Exchange,
    ProjectUnavailable,
    add_exchange,
)
from chatapp.conversations.models import trash as conversation_trash
from chatapp.projects import trash
from chatapp.projects.models import Project
from chatapp.projects.moving import move
from tests.projects.kit import chats_in, places, project_of, restore, shared_with
from tests.support.replies import new_message


@pytest.mark.parametrize("with_chats", [False, True])
def test_a_project_comes_back_as_it_was(owner: Person, project: Project, with_chats: bool) -> None:
    chats_in(project, owner, 2)
    before = places()

    trashing = trash.trash(project, with_chats=with_chats)

    gone = (project.name, "trash") if with_chats else (None, "list")
    assert trashing.is_done
    assert places() == dict.fromkeys(before, gone)
    assert len(trashing.chats) == (2 if with_chats else 0)
    assert not Project.objects.of(owner).exists()

    assert restore(project)
    assert places() == before
    assert not Conversation.objects.exclude(former_project=None).exists()
    assert not restore(project)


def test_chats_that_others_began_are_always_kept(
    owner: Person, member: Person, project: Project
) -> None:
    shared_with(project, member)
    [theirs] = chats_in(project, member)

    trashing = trash.trash(project, with_chats=True)

    theirs.refresh_from_db()
    assert (theirs.project_id, theirs.trashed_at) == (None, None)
    assert trashing.people == {owner.pk, member.pk}
    restore(project)
    theirs.refresh_from_db()
    assert theirs.project_id == project.pk


def test_a_chat_does_not_return_to_a_project_that_its_person_lost(
    member: Person, project: Project
) -> None:
    row = shared_with(project, member)
    [theirs] = chats_in(project, member)
    trash.trash(project, with_chats=False)
    row.delete()

    restore(project)

    theirs.refresh_from_db()
    assert theirs.project_id is None


def test_a_chat_that_was_moved_elsewhere_meanwhile_stays_there(
    owner: Person, project: Project
) -> None:
    [chat] = chats_in(project, owner)
    other = project_of(owner, "Garden")
    trash.trash(project, with_chats=False)
    move(chat, other.pk)

    restore(project)

    assert places() == {"Chat 0": ("Garden", "list")}


def test_what_was_in_the_trash_before_stays_there(owner: Person, project: Project) -> None:
    chats_in(project, owner, 2)
    first = Conversation.objects.get(title="Chat 0")
    conversation_trash.trash(first)

    trash.trash(project, with_chats=True)
    restore(project)

    assert places() == {"Chat 0": ("Kitchen", "trash"), "Chat 1": ("Kitchen", "list")}


def test_a_chat_that_is_restored_alone_leaves_the_project_until_that_is_restored(
    owner: Person, project: Project
) -> None:
    [chat] = chats_in(project, owner)
    trash.trash(project, with_chats=True)
    chat.refresh_from_db()

    conversation_trash.restore(chat)

    assert places() == {"Chat 0": (None, "list")}
    restore(project)
    assert places() == {"Chat 0": ("Kitchen", "list")}


def test_a_second_deletion_changes_nothing(owner: Person, project: Project) -> None:
    chats_in(project, owner)
    trash.trash(project, with_chats=False)

    trashing = trash.trash(project, with_chats=True)

    assert not trashing.is_done
    assert places() == {"Chat 0": (None, "list")}


def test_many_chats_go_in_batches(
    owner: Person, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "BATCH", 2)
    chats_in(project, owner, 5)

    trashing = trash.trash(project, with_chats=True)

    assert len(trashing.chats) == 5
    times = Conversation.objects.values_list("trashed_at", flat=True)
    assert set(times) == {Project.objects.get().trashed_at}


def test_a_reply_that_runs_is_asked_to_stop(owner: Person, project: Project) -> None:
    running = add_exchange(owner, new_message(project=project))

    trashing = trash.trash(project, with_chats=True)

    assert trashing.running == [running.reply]


def test_nothing_can_be_begun_or_moved_into_a_project_in_the_trash(
    owner: Person, project: Project, exchange: Exchange
) -> None:
    trash.trash(project, with_chats=False)

    with pytest.raises(ProjectUnavailable):
        add_exchange(owner, new_message(project=project))
    with pytest.raises(ProjectUnavailable):
        move(exchange.conversation, project.pk)


def test_after_thirty_days_it_is_removed(owner: Person, project: Project) -> None:
    chats_in(project, owner)
    kept = project_of(owner, "Garden")
    for each, with_chats in ((project, True), (kept, False)):
        trash.trash(each, with_chats=with_chats)
    long_ago = timezone.now() - timedelta(days=31)
    Project.objects.filter(pk=project.pk).update(trashed_at=long_ago)

    removal.delete_expired()

    assert list(Project.objects.all()) == [kept]
    assert places() == {"Chat 0": (None, "trash")}


def test_a_removed_project_leaves_no_mark_at_its_chats(owner: Person, project: Project) -> None:
    chats_in(project, owner)
    trash.trash(project, with_chats=False)

    assert trash.remove(Project.objects.filter(pk=project.pk)) == 1
    assert trash.remove(Project.objects.filter(pk=project.pk)) == 0

    assert Conversation.objects.get().former_project is None


def test_only_what_is_in_the_trash_is_removed(owner: Person, project: Project) -> None:
    assert trash.remove(Project.objects.filter(pk=project.pk)) == 0
