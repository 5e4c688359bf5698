"""Share what is learned about models: with other processes, and with those after a restart.

Each process keeps all facts in memory, so no request waits for the database.
"""

import asyncio
import logging
from contextlib import suppress

import django.db
from django.conf import settings

from chatapp import background
from chatapp.inference.knowledge import Fact, Learned, ModelKnowledge
from chatapp.realtime.relay import relay
from chatapp.replies.models import LearnedFact

COMMAND = "models"
REFRESH_SECONDS = 60  # processes that no Redis joins learn from each other so late

logger = logging.getLogger(__name__)

_knowledge = ModelKnowledge()
# By model and name: what the database lacks so far, None for what it has to delete.
_unstored: dict[tuple[str, str], Fact | None] = {}
_wake: asyncio.Event | None = None


def new_knowledge() -> ModelKnowledge:
    """Return empty knowledge, which this process fills and stores from now on.

    Nothing is learned about the demo model: it refuses what a message tells it to refuse.
    """
    global _knowledge
    is_demo = settings.SERVICE.kind == "demo"
    _unstored.clear()
    stored = ModelKnowledge(_store, on_unlearned=_remove)
    _knowledge = ModelKnowledge(seconds=0) if is_demo else stored
    return _knowledge


def known(model: str) -> Learned:
    """Return what this process knows about a model."""
    return _knowledge.of(model)


def learn(model: str, learned: Learned) -> None:
    """Learn what an answer has shown that the client doesn't see."""
    _knowledge.learn(model, learned)


def start() -> None:
    """Read what is known, and again whenever another process learns or forgets something."""
    global _wake
    _wake = asyncio.Event()
    relay.on(COMMAND, _wake.set)
    background.spawn("learned facts", _refresh_forever(_wake))


def forget() -> int:
    """Forget everything about the models of this service, in all processes. Call it in a thread."""
    _unstored.clear()
    count = LearnedFact.objects.forget(settings.SERVICE.url)
    _knowledge.replace_all(())
    relay.send_command(COMMAND)
    return count


async def refresh() -> None:
    facts = await background.in_thread(LearnedFact.objects.of(settings.SERVICE.url).facts)
    # What couldn't be stored, or not yet, is known here all the same.
    stored = (fact for fact in facts if (fact.model, fact.name) not in _unstored)
    _knowledge.replace_all([*stored, *filter(None, _unstored.values())])


async def _refresh_forever(wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        try:
            await refresh()
        except django.db.Error as error:
            logger.warning("Learned facts could not be read: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_SECONDS):
                await wake.wait()


def _store(fact: Fact) -> None:
    _unstored[fact.model, fact.name] = fact
    logger.info("Learned about a model", extra={"model": fact.model, fact.name: fact.value})
    background.spawn(f"learned:{fact.model}:{fact.name}:{fact.value}", _save(fact, fact))


def _remove(fact: Fact) -> None:
    _unstored[fact.model, fact.name] = None
    logger.info("Unlearned about a model", extra={"model": fact.model, fact.name: fact.value})
    background.spawn(f"learned:{fact.model}:{fact.name}:not {fact.value}", _save(fact, None))


async def _save(fact: Fact, kept: Fact | None) -> None:
    """Store a fact, or delete it if nothing is kept of it."""
    save = LearnedFact.objects.store if kept else LearnedFact.objects.remove
    try:
        await background.in_thread(save, settings.SERVICE.url, fact)
    except django.db.Error as error:
        # This process knows it all the same; after a restart it is learned once more.
        logger.warning("A learned fact could not be saved: %s", type(error).__name__)
    else:
        if _unstored.get((fact.model, fact.name), ...) is kept:
            del _unstored[fact.model, fact.name]
        relay.send_command(COMMAND)
