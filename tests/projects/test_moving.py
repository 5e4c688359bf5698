"""In which project a chat is: from its first message on, moved, and in copies of it."""

import uuid

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Exchange,
    ProjectUnavailable,
    add_exchange,
    branch_off,
    trash,
)
from chatapp.projects.moving import move, targets
from tests.projects.kit import project_of, shared_with
from tests.support.replies import complete, new_message


def test_a_conversation_begins_in_a_project(owner: Person) -> None:
    project = project_of(owner)

    exchange = add_exchange(owner, new_message(project=project))

    assert Conversation.objects.get().project_id == project.pk
    complete(exchange.reply)
    again = new_message("More", exchange.conversation.pk, project=project_of(owner, "Garden"))
    add_exchange(owner, again)  # only the first message says where
    assert Conversation.objects.get().project_id == project.pk


@pytest.mark.parametrize("can_chat", [True, False])
def test_members_begin_chats_if_they_may(owner: Person, member: Person, can_chat: bool) -> None:
    project = project_of(owner)
    shared_with(project, member, can_chat=can_chat)

    if can_chat:
        add_exchange(member, new_message(project=project))
    else:
        with pytest.raises(ProjectUnavailable):
            add_exchange(member, new_message(project=project))

    assert Conversation.objects.filter(project=project).count() == can_chat


def test_a_project_of_somebody_else_is_not_found(
    owner: Person, member: Person, exchange: Exchange
) -> None:
    theirs = project_of(member)

    with pytest.raises(ProjectUnavailable):
        add_exchange(owner, new_message(project=theirs))
    with pytest.raises(ProjectUnavailable):
        move(exchange.conversation, theirs.pk)

    assert Conversation.objects.count() == 1


def test_moving_twice_changes_nothing(owner: Person, exchange: Exchange) -> None:
    project, chat = project_of(owner), exchange.conversation

    assert [move(chat, project.pk), move(chat, project.pk)] == [True, False]
    assert [move(chat, None), move(chat, None)] == [True, False]


def test_moving_it_out_for_good_forgets_the_project_in_the_trash(
    owner: Person, exchange: Exchange
) -> None:
    project = project_of(owner)
    Conversation.objects.update(former_project=uuid.uuid4())

    move(exchange.conversation, project.pk)

    assert Conversation.objects.get().former_project is None


def test_what_is_in_the_trash_is_not_moved(owner: Person, exchange: Exchange) -> None:
    trash.trash(exchange.conversation)

    assert not move(exchange.conversation, project_of(owner).pk)


def test_a_branch_stays_in_the_project(owner: Person) -> None:
    project = project_of(owner)
    exchange = add_exchange(owner, new_message(project=project))
    complete(exchange.reply)

    copy, _is_new = branch_off(exchange.reply, uuid.uuid4())

    assert copy.project_id == project.pk


def test_chats_can_move_to_projects_in_which_their_person_may_chat(
    owner: Person, member: Person, exchange: Exchange
) -> None:
    own, shared = project_of(owner, "b"), project_of(member, "A")
    shared_with(shared, owner)
    shared_with(project_of(member, "read"), owner, can_chat=False)
    project_of(member, "theirs")

    assert targets(exchange.conversation) == [shared, own]
