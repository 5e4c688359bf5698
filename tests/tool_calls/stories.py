"""What a person says about calls while two processes share the work: `there` is not the process
that made the reply and asked."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.visitor import Visitor
from tests.tool_calls.holds import until
from tests.tool_calls.house import MEMBER, House
from tests.tool_calls.question import Question
from tests.tool_calls.talk import Talk

type Story = Callable[[House, str], Awaitable[None]]

FORM = 'data-act="decide"'  # is shown as long as there is something to decide
MANY = 8  # replies; more than both processes together have connections

LOST = """
    UPDATE conversations_message SET status = 'queued', leased_by = '', leased_until = NULL,
        text = '', html = '' WHERE id = %s RETURNING id
"""
BUSY = """
    SELECT state, query FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%%'
"""


async def waiting(house: House, calls: str) -> tuple[Talk, str]:
    """A reply that waits for the person's word, and the address of the other process."""
    here, there = (app.url for app in house.apps)
    question = Question.parse(f"do {calls}")
    assert question
    talk = Talk(house, question, here)
    await talk.send()
    assert FORM in (await talk.until("waiting"))["html"]
    return talk, there


async def said_to_the_other_process(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")

    answer = await talk.decide(name, "allow", there)

    assert FORM not in answer.json()["html"]
    state = await talk.until("complete")
    assert state["text"] == talk.question.text
    assert talk.did == {name: 1}
    assert (await talk.row())["leased_by"].split(".")[-2] == str(house.apps[1].pid)


async def said_to_both_in_one_instant(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")

    answers = await asyncio.gather(*(talk.decide(name, "allow", url) for url in (talk.url, there)))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any(FORM in answer.json()["html"] for answer in answers)
    await talk.until("complete", url=there)
    assert talk.did == {name: 1}


async def both_words_in_one_instant(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")

    await asyncio.gather(talk.decide(name, "allow"), talk.decide(name, "deny", there))

    await talk.until("complete")
    [(_what, state)] = await talk.tool_calls()
    assert (state, talk.did[name]) in (("done", 1), ("denied", 0))


async def one_of_two_at_each(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}a + act {name}b")

    await asyncio.gather(talk.decide(f"{name}a", "allow"), talk.decide(f"{name}b", "deny", there))

    await talk.until("complete")
    assert talk.did == {f"{name}a": 1, f"{name}b": 0}
    assert await talk.shown(there) == ["done", "denied"]


async def always(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}a + act {name}b")

    await talk.decide(f"{name}a", "always", there)
    await talk.until("complete")
    first = talk.did
    talk.url = there
    again = Question.parse(f"do act {name}c")
    await talk.send(again)
    asked_or_done = await talk.until("waiting", "complete")

    assert first == {f"{name}a": 1, f"{name}b": 1}
    assert (asked_or_done["status"], talk.did) == ("complete", {f"{name}c": 1})


async def always_is_for_one_conversation(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}a")
    await talk.decide(f"{name}a", "always", there)
    await talk.until("complete")

    other, _there = await waiting(house, f"act {name}b")

    assert other.did == {f"{name}b": 0}


async def while_many_wait(house: House, name: str) -> None:
    """Nobody holds a lease or a connection for them, and no sweep touches them."""
    talks = [talk for talk, _ in await asyncio.gather(
        *(waiting(house, f"act {name}w{number}") for number in range(MANY)))]  # fmt: skip
    lost, there = await waiting(house, f"act {name}a")
    await lost.decide(f"{name}a", "allow")
    await lost.until("complete")
    before = [await talk.row() for talk in talks]

    for _sweep in range(2):
        await house.table.rows(LOST, lost.reply)
        await until(lambda: _is_complete(lost))  # whoever found it has looked at all

    assert [(row["status"], row["leased_by"], row["leased_until"]) for row in before] == [
        ("waiting", "", None)
    ] * MANY
    assert [await talk.row() for talk in talks] == before
    assert await house.table.rows(BUSY) == []
    await asyncio.gather(*(talk.decide(talk.question.name, "allow", there) for talk in talks))
    for talk in talks:
        await talk.until("complete")
        assert talk.did == {talk.question.name: 1}


async def _says(talk: Talk, words: str, url: str) -> bool:
    return words in (await talk.state(url))["html"]


async def _is_complete(talk: Talk) -> bool:
    return (await talk.row())["status"] == "complete"


async def stop_at_the_other_process(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")

    await talk.post(f"{talk.path}/stop", there)
    await talk.until("stopped")
    late = await talk.decide(name, "allow")

    assert FORM not in late.json()["html"]
    assert late.json()["html"].count('data-status="stopped"') == 1
    assert talk.did == {name: 0}


async def deletion_at_the_other_process(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")
    path = await talk.decision_branch(name)

    await talk.post(f"/c/{talk.conversation}/deletion", there)
    late = await talk.post(path, decision="allow")

    assert late.status_code == 404
    assert await talk.tool_calls() == []
    assert talk.did == {name: 0}


async def somebody_else(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")
    path = await talk.decision_branch(name)

    async with Visitor.at(house.apps[1], MEMBER) as member:
        answer = await member.post(there + path, decision="allow")

    assert answer.status_code == 404
    assert (await talk.state())["status"] == "waiting"
    assert talk.did == {name: 0}


async def nonsense(house: House, name: str) -> None:
    talk, _there = await waiting(house, f"act {name}")

    answer = await talk.decide(name, "perhaps")

    assert answer.status_code == 422
    assert (await talk.state())["status"] == "waiting"


async def the_service_lets_wait_between_rounds(house: House, name: str) -> None:
    talk, there = await waiting(house, f"act {name}")
    house.outside.refusals[f"{name} 1"] = [429]

    await talk.decide(name, "allow", there)
    await until(lambda: _says(talk, "Waiting for the service", there))
    state = await talk.until("complete", url=there)

    assert state["text"] == talk.question.text
    assert talk.did == {name: 1}
    assert house.outside.asked[name] == 3  # before the call, refused, and after


STORIES: tuple[Story, ...] = (
    while_many_wait,
    said_to_the_other_process,
    said_to_both_in_one_instant,
    both_words_in_one_instant,
    one_of_two_at_each,
    always,
    always_is_for_one_conversation,
    stop_at_the_other_process,
    deletion_at_the_other_process,
    somebody_else,
    nonsense,
    the_service_lets_wait_between_rounds,
)
