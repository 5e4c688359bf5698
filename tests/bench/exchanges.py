"""`python -m tests.bench.exchanges ROUNDS EMAIL PATH...`: exchanges in conversations that exist,
made in a process with the app's environment, in turn in each conversation; the answer is JSON.

For each conversation it has the CPU of each exchange, and the longest time that the thread of the
event loop was busy without a look at its timers, both in ms. Both are CPU time, so other processes
don't count, nor does HTTP, which is the same for every conversation.
"""

import asyncio
import gc
import json
import os
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field

import django
import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from chatapp import background  # noqa: E402
from chatapp.accounts.models import Person  # noqa: E402
from chatapp.conversations.models import Conversation, Message, NewMessage  # noqa: E402
from chatapp.replies import commands, generation, service  # noqa: E402
from tests.bench.model import prompt  # noqa: E402

TOKENS = 100
WARM_UP = 2  # rounds
BEAT = 0.001  # seconds


@dataclass(slots=True)
class Cost:
    cpu: list[float] = field(default_factory=list)
    block: list[float] = field(default_factory=list)


async def main(rounds: int, email: str, paths: list[str]) -> list[Cost]:
    person = await Person.objects.aget(email=email)
    costs = [Cost() for _ in paths]
    gc.collect()
    gc.freeze()  # as in `lifespan`
    for number in range(-WARM_UP, rounds):
        for path, cost in zip(paths, costs, strict=True):
            new = await _message(person, path)
            begin = time.process_time()
            block = await _exchange(person, new)
            if number >= 0:
                cost.cpu.append((time.process_time() - begin) * 1000)
                cost.block.append(block * 1000)
    await background.drain(1)
    await service.close()
    return costs


async def _message(person: Person, path: str) -> NewMessage:
    conversation = await Conversation.objects.aget(pk=path.strip("/").split("/")[1])
    conversation.owner = person  # as `own_conversation` has it
    run = uuid.uuid4().hex
    return NewMessage(uuid.uuid4(), conversation.pk, conversation.chosen, prompt(run, TOKENS, 0))


async def _exchange(person: Person, new: NewMessage) -> float:
    """Send, wait for the end of the reply, and return the seconds of the longest block."""
    blocks = [0.0]
    watching = asyncio.create_task(_watch(blocks))
    exchange, _html = await commands.send(person, new)
    await asyncio.wait(background.running(f"{generation.TASK}{exchange.reply.pk}"))
    watching.cancel()
    reply = await Message.objects.aget(pk=exchange.reply.pk)
    if reply.status != Message.Status.COMPLETE:
        raise RuntimeError(f"the reply is {reply.status}: {reply.error}")
    return max(blocks)


async def _watch(blocks: list[float]) -> None:
    before = time.thread_time()
    while True:
        await asyncio.sleep(BEAT)
        now = time.thread_time()
        blocks.append(now - before)
        before = now


if __name__ == "__main__":
    rounds, email, *paths = sys.argv[1:]
    print(json.dumps([asdict(cost) for cost in uvloop.run(main(int(rounds), email, paths))]))
