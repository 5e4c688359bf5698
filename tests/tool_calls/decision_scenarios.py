"""Scenarios in which a person decides about calls while two processes share the work.

`there` is the process that doesn't make the reply.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.markup import DECIDE
from tests.support.people import MEMBER
from tests.support.session import Session
from tests.tool_calls.conversation import ToolConversation
from tests.tool_calls.environment import Instance
from tests.tool_calls.pauses import until
from tests.tool_calls.question import Question

type Scenario = Callable[[Instance, str], Awaitable[None]]

MANY = 8  # replies; more than both processes together have connections

LOST = """
    UPDATE conversations_message SET status = 'queued', leased_by = '', leased_until = NULL,
        text = '', html = '' WHERE id = %s RETURNING id
"""
BUSY = """
    SELECT state, query FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%%'
"""


async def waiting(instance: Instance, calls: str) -> tuple[ToolConversation, str]:
    """Start a reply that waits for approval; return it and the address of the other process."""
    here, there = (app.url for app in instance.apps)
    question = Question.parse(f"do {calls}")
    assert question
    conversation = ToolConversation(instance, question, here)
    await conversation.send()
    assert DECIDE in (await conversation.until("waiting"))["html"]
    return conversation, there


async def decision_at_the_other_process(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")

    answer = await conversation.decide(name, "allow", there)

    assert DECIDE not in answer.json()["html"]
    state = await conversation.until("complete")
    assert state["text"] == conversation.question.text
    assert conversation.runs == {name: 1}
    assert (await conversation.row())["leased_by"].split(".")[-2] == str(instance.apps[1].pid)


async def decision_at_both_in_one_instant(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")

    answers = await asyncio.gather(
        *(conversation.decide(name, "allow", url) for url in (conversation.url, there))
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any(DECIDE in answer.json()["html"] for answer in answers)
    await conversation.until("complete", url=there)
    assert conversation.runs == {name: 1}


async def both_decisions_in_one_instant(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")

    await asyncio.gather(
        conversation.decide(name, "allow"), conversation.decide(name, "deny", there)
    )

    await conversation.until("complete")
    [(_what, state)] = await conversation.tool_calls()
    assert (state, conversation.runs[name]) in (("done", 1), ("denied", 0))


async def one_of_two_at_each(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}a + act {name}b")

    await asyncio.gather(
        conversation.decide(f"{name}a", "allow"), conversation.decide(f"{name}b", "deny", there)
    )

    await conversation.until("complete")
    assert conversation.runs == {f"{name}a": 1, f"{name}b": 0}
    assert await conversation.shown(there) == ["done", "denied"]


async def always(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}a + act {name}b")

    await conversation.decide(f"{name}a", "always", there)
    await conversation.until("complete")
    first = conversation.runs
    conversation.url = there
    again = Question.parse(f"do act {name}c")
    await conversation.send(again)
    asked_or_done = await conversation.until("waiting", "complete")

    assert first == {f"{name}a": 1, f"{name}b": 1}
    assert (asked_or_done["status"], conversation.runs) == ("complete", {f"{name}c": 1})


async def always_is_for_one_conversation(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}a")
    await conversation.decide(f"{name}a", "always", there)
    await conversation.until("complete")

    other, _there = await waiting(instance, f"act {name}b")

    assert other.runs == {f"{name}b": 0}


async def while_many_wait(instance: Instance, name: str) -> None:
    """Nobody holds a lease or a connection for them, and no sweep touches them."""
    conversations = [conversation for conversation, _ in await asyncio.gather(
        *(waiting(instance, f"act {name}w{number}") for number in range(MANY)))]  # fmt: skip
    lost, there = await waiting(instance, f"act {name}a")
    await lost.decide(f"{name}a", "allow")
    await lost.until("complete")
    before = [await conversation.row() for conversation in conversations]

    for _sweep in range(2):
        await instance.database.rows(LOST, lost.reply)
        await until(lambda: _is_complete(lost))  # whoever found it has looked at all

    assert [(row["status"], row["leased_by"], row["leased_until"]) for row in before] == [
        ("waiting", "", None)
    ] * MANY
    assert [await conversation.row() for conversation in conversations] == before
    assert await instance.database.rows(BUSY) == []
    await asyncio.gather(
        *(
            conversation.decide(conversation.question.name, "allow", there)
            for conversation in conversations
        )
    )
    for conversation in conversations:
        await conversation.until("complete")
        assert conversation.runs == {conversation.question.name: 1}


async def _shows(conversation: ToolConversation, text: str, url: str) -> bool:
    return text in (await conversation.state(url))["html"]


async def _is_complete(conversation: ToolConversation) -> bool:
    return (await conversation.row())["status"] == "complete"


async def stop_at_the_other_process(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")

    await conversation.post(f"{conversation.path}/stop", there)
    await conversation.until("stopped")
    late = await conversation.decide(name, "allow")

    assert DECIDE not in late.json()["html"]
    assert late.json()["html"].count('data-status="stopped"') == 1
    assert conversation.runs == {name: 0}


async def deletion_at_the_other_process(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")
    path = await conversation.decision_path(name)

    await conversation.post(f"/c/{conversation.id}/deletion", there)
    late = await conversation.post(path, decision="allow")

    assert late.status_code == 404
    assert conversation.runs == {name: 0}
    await conversation.post(f"/c/{conversation.id}/restoration")
    assert (await conversation.state(there))["status"] == "waiting"


async def decision_of_another_member(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")
    path = await conversation.decision_path(name)

    async with Session.signed_in(instance.apps[1].url, MEMBER) as member:
        answer = await member.post(there + path, decision="allow")

    assert answer.status_code == 404
    assert (await conversation.state())["status"] == "waiting"
    assert conversation.runs == {name: 0}


async def decision_that_is_none(instance: Instance, name: str) -> None:
    conversation, _there = await waiting(instance, f"act {name}")

    answer = await conversation.decide(name, "perhaps")

    assert answer.status_code == 422
    assert (await conversation.state())["status"] == "waiting"


async def the_service_lets_wait_between_rounds(instance: Instance, name: str) -> None:
    conversation, there = await waiting(instance, f"act {name}")
    instance.model.refusals[f"{name} 1"] = [429]

    await conversation.decide(name, "allow", there)
    await until(lambda: _shows(conversation, "Next in line", there))
    state = await conversation.until("complete", url=there)

    assert state["text"] == conversation.question.text
    assert conversation.runs == {name: 1}
    assert instance.model.requests[name] == 3  # before the call, refused, and after


SCENARIOS: tuple[Scenario, ...] = (
    while_many_wait,
    decision_at_the_other_process,
    decision_at_both_in_one_instant,
    both_decisions_in_one_instant,
    one_of_two_at_each,
    always,
    always_is_for_one_conversation,
    stop_at_the_other_process,
    deletion_at_the_other_process,
    decision_of_another_member,
    decision_that_is_none,
    the_service_lets_wait_between_rounds,
)
