"""A process dies at every statement of a command: nothing is half done, and a repetition does it.

Each death is an error in the place of a statement, after which the transaction is rolled back as
the database does for a connection that is gone.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connection, transaction

from chatapp.conversations.models import (
    Conversation,
    Exchange,
    Message,
    NewVersion,
    add_exchange,
    branch_off,
)
from tests.conversations.test_versions import followed, regenerated
from tests.support.replies import MODEL, new_message

type Command = Callable[[], object]


class Died(BaseException):
    """Nothing in the app catches it."""


@dataclass
class Deaths:
    """Counts statements, and dies in the place of one of them."""

    at: int | None = None
    count: int = 0

    def __call__(self, execute: Any, sql: str, *others: Any) -> Any:
        if "SAVEPOINT" not in sql:  # the test's own transaction makes these
            self.count += 1
            if self.count == self.at:
                raise Died
        return execute(sql, *others)


def edit(exchange: Exchange) -> Command:
    new = replace(new_message("New", exchange.conversation.pk), replaces=exchange.message.pk)
    return lambda: add_exchange(exchange.conversation.owner, new, begin=True)


def regenerate(exchange: Exchange) -> Command:
    wanted = NewVersion(uuid.uuid4(), MODEL)
    return lambda: exchange.reply.regenerate(wanted)


def retry(exchange: Exchange) -> Command:
    last = exchange.conversation.branch.last()
    assert last
    Message.objects.filter(pk=last.pk).update(status="failed")
    return lambda: Message.objects.get(pk=last.pk).retry()


def switch(exchange: Exchange) -> Command:
    version = hidden_version(exchange)
    return lambda: version.show()


def copy(exchange: Exchange) -> Command:
    new_id = uuid.uuid4()
    return lambda: branch_off(exchange.reply, new_id)


def delete(exchange: Exchange) -> Command:
    hidden_version(exchange)
    head = exchange.conversation.branch.last()
    assert head
    return lambda: exchange.reply.delete_version(head.pk)


def undo(exchange: Exchange) -> Command:
    delete(exchange)()
    return lambda: exchange.reply.restore_version()


def hidden_version(exchange: Exchange) -> Message:
    """Add a version of the first reply, and show the first one again."""
    version = regenerated(exchange.reply, "Another")
    exchange.reply.show()
    return version


def state() -> list[tuple[object, ...]]:
    """Return all conversations and messages that anybody could see, without the ids of new ones."""
    conversations = Conversation.objects.present().values_list("title", "branched_from")
    messages = Message.objects.filter(conversation__in=Conversation.objects.present())
    rows = messages.order_by("position", "text", "created_at").values_list(
        "text", "parent__text", "position", "on_branch", "has_news", "status", "attempt"
    )
    deleted = messages.filter(deleted_at=None).values_list("text").order_by("text")
    return [*conversations.order_by("created_at"), *rows, *deleted]


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(command: Command, deaths: Deaths) -> None:
    with connection.execute_wrapper(deaths):
        command()


@pytest.mark.parametrize("prepare", [edit, regenerate, retry, switch, copy, delete, undo])
def test_a_command_is_done_or_not_wherever_its_process_dies(
    exchange: Exchange, prepare: Callable[[Exchange], Command]
) -> None:
    followed(exchange, "Second")
    command = prepare(exchange)
    before = state()
    with rolled_back():
        undisturbed = Deaths()
        run(command, undisturbed)
        after = state()
        command()  # as after a lost answer
        assert state() == after
    assert before != after

    for number in range(1, undisturbed.count + 1):
        with rolled_back():
            with pytest.raises(Died):
                run(command, Deaths(at=number))
            assert state() == before, number
            command()
            assert state() == after, number


@pytest.mark.parametrize("prepare", [edit, regenerate, retry])
def test_a_reply_whose_process_died_before_it_began_is_found(
    exchange: Exchange, prepare: Callable[[Exchange], Command]
) -> None:
    """The row is all that is left of a command whose process died right after the commit."""
    followed(exchange, "Second")
    prepare(exchange)()

    Message.objects.running().update(leased_until=exchange.message.created_at)

    assert Message.objects.lost().get() == exchange.conversation.branch.last()
