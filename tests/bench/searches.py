"""`python -m tests.bench.searches ROWS QUERIES`: searches the database of the environment, which is
filled if it is empty. Prints a line when it is ready.

For each line of input with an index it runs that one of the mixed queries as a request of a person,
and prints the milliseconds of server time and of CPU, of this process and of its connection to
Postgres. The line "save" adds an exchange and ends its reply, with the index and without it, and
prints the CPU of both.
"""

import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from chatapp.accounts.models import Person  # noqa: E402
from chatapp.conversations import signals  # noqa: E402
from chatapp.conversations.models import (  # noqa: E402
    FinalState,
    Message,
    ModelSettings,
    NewMessage,
    Progress,
    add_exchange,
)
from chatapp.conversations.models.settings import default_model  # noqa: E402
from chatapp.server.database_configuration import pool_connections  # noqa: E402
from tests.bench import search_data as data  # noqa: E402
from tests.bench.in_app import signed_in  # noqa: E402
from tests.bench.usage import thread_seconds  # noqa: E402

SIGNALS = (signals.text_prepared, signals.messages_added, signals.replies_stored)
chance = random.Random(3)


def main(rows: int, count: int) -> None:
    pool_connections(4)  # as a server has them; their processes are counted
    if not Person.objects.filter(email=data.OWNERS[0]).exists():
        data.build(rows)
    clients = {email: signed_in(email) for email in data.OWNERS[:7]}
    queries = mixed_queries(rows, count)
    print("filled", flush=True)
    for line in sys.stdin:
        if line.strip() == "save":
            print(json.dumps(_save(Person.objects.get(email=data.OWNERS[0]))), flush=True)
        else:
            email, text = queries[int(line)]
            print(json.dumps(_measured(partial(_ask, clients[email], text))), flush=True)


def mixed_queries(rows: int, count: int) -> list[tuple[str, str]]:
    """Return people and what they search for: letters, words of all frequencies, prefixes, words
    that nobody wrote, several words, Chinese, identifiers, error codes, exclusions."""
    kinds: list[Callable[[], str]] = [
        lambda: chance.choice("etaosinr"),
        lambda: _word(0, 5),
        lambda: _word(5, 100),
        lambda: _word(100, 2_000),
        lambda: _word(2_000, len(data.WORDS)),
        lambda: f"zzq{_word(0, 100)}",
        lambda: f"{_word(0, 300)} {_word(0, 300)}",
        lambda: _word(100, 5_000)[:3],
        lambda: "".join(chance.choices(data.HAN, k=2)),
        lambda: f"E{chance.randrange(rows):06}",
        lambda: f"{_word(0, 20)}_{_word(0, 20)}",
        lambda: f"{_word(0, 50)} -{_word(0, 50)}",
    ]
    asking = [data.OWNERS[0]] * 4 + data.OWNERS[1:7]
    return [(chance.choice(asking), chance.choice(kinds)()) for _ in range(count)]


def _word(first: int, last: int) -> str:
    return data.WORDS[chance.randrange(first, last)]


def _ask(client: Client, text: str) -> None:
    answer = client.get("/search/", {"q": text}, headers={"accept": "application/json"})
    assert answer.status_code == 200, text


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    used, begin = _cpu(), time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000, (_cpu() - used) * 1000


def _cpu() -> float:
    used = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the threads of a request have others
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend'"
            )
            used += sum(thread_seconds(pid) for (pid,) in cursor.fetchall())
    return used


def _save(owner: Person) -> tuple[float, float]:
    text = " ".join(chance.choices(data.WORDS, cum_weights=data.FREQUENCIES, k=120))
    with_index = _measured(partial(_exchange, owner, text))[1]
    with _without_index():
        without = _measured(partial(_exchange, owner, text))[1]
    return with_index, without


def _exchange(owner: Person, text: str) -> None:
    new = NewMessage(uuid.uuid4(), uuid.uuid4(), ModelSettings(default_model()), text=text)
    reply = add_exchange(owner, new, begin=True).reply
    signals.text_prepared.send(Message, text=text)
    assert reply.finish(FinalState(Message.Status.COMPLETE, Progress(text=text), is_plain=True))


@contextmanager
def _without_index() -> Iterator[None]:
    kept = [signal.receivers for signal in SIGNALS]
    for signal in SIGNALS:
        signal.receivers = []
        signal.sender_receivers_cache.clear()
    try:
        yield
    finally:
        for signal, receivers in zip(SIGNALS, kept, strict=True):
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
