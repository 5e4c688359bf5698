"""Tabs that begin, move, delete and restore at one instant: nothing is lost or left behind."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    add_exchange,
    branch_off,
    membership,
)
from chatapp.conversations.models import trash as conversation_trash
from chatapp.projects import trash
from chatapp.projects.moving import move
from tests.projects.kit import chats_in, project_of, restore, together
from tests.support.replies import complete, new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

ROUNDS = 5


@pytest.mark.parametrize("with_chats", [False, True])
def test_a_project_in_the_trash_keeps_no_chat_that_is_not_there(
    owner: Person, with_chats: bool
) -> None:
    for _round in range(ROUNDS):
        project, other = project_of(owner), project_of(owner, "Other")
        exchange = add_exchange(owner, new_message(project=project))
        complete(exchange.reply)
        [inside], [outside] = chats_in(project, owner), chats_in(other, owner)

        together(
            lambda project=project: trash.trash(project, with_chats=with_chats),
            lambda project=project: trash.trash(project, with_chats=False),
            lambda project=project: add_exchange(owner, new_message(project=project)),
            lambda reply=exchange.reply: branch_off(reply, uuid.uuid4()),
            lambda outside=outside, project=project: move(outside, project.pk),
            lambda inside=inside, other=other: move(inside, other.pk),
        )

        project.refresh_from_db()
        assert project.trashed_at
        assert not Conversation.objects.present().filter(project=project).exists()


def test_a_chat_that_is_restored_beside_its_project_ends_in_it(owner: Person) -> None:
    for _round in range(ROUNDS):
        project = project_of(owner)
        [chat] = chats_in(project, owner)
        trash.trash(project, with_chats=True)
        chat.refresh_from_db()

        together(
            lambda project=project: restore(project),
            lambda project=project: restore(project),
            lambda chat=chat: conversation_trash.restore(chat),
        )

        chat.refresh_from_db()
        assert (chat.project_id, chat.former_project, chat.trashed_at) == (project.pk, None, None)


def test_a_chat_that_is_restored_before_its_project_goes_is_in_no_project_in_the_trash(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undo is pressed between the last batch of chats and the project itself."""
    project = project_of(owner)
    [chat] = chats_in(project, owner)
    has_looked, is_gone = threading.Event(), threading.Event()
    look, mark = membership.lock_trashed_project_of, trash._mark

    def look_and_wait(conversation: Conversation) -> object:
        found = look(conversation)
        has_looked.set()
        is_gone.wait(0.3)  # the project waits for this transaction, or should
        return found

    def restore_chat() -> None:
        try:
            conversation_trash.restore(Conversation.objects.get(pk=chat.pk))
        finally:
            connection.close()

    tab = threading.Thread(target=restore_chat)

    def mark_later(*args: Any, **values: Any) -> None:
        tab.start()
        assert has_looked.wait(30)
        mark(*args, **values)
        is_gone.set()

    monkeypatch.setattr(membership, "lock_trashed_project_of", look_and_wait)
    monkeypatch.setattr(trash, "_mark", mark_later)
    trash.trash(project, with_chats=True)
    tab.join()

    assert not Conversation.objects.present().filter(project=project).exists()
