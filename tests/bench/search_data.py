"""Many messages of several people with their entries in the search index, made by bulk SQL.

A few thousand different messages are written and analysed; the database copies them, each time to
another moment and with an error code of its own. Words are as frequent as in real text (Zipf), and
some messages are Chinese or code.
"""

import random
import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import accumulate, islice

from django.db import connection

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.models.settings import default_model
from chatapp.search import entries, entry_keys, filter_tokens
from chatapp.search.analysis.tokens import tokens_of
from chatapp.search.models import Filling, SearchEntry

PEOPLE = 20
SHARE_OF_ONE = 0.4  # of all messages
TEXTS = 5_000
MESSAGE_WORDS = 120
CHAT = 50  # messages of a conversation
SPAN = timedelta(days=3 * 365)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LETTERS = "etaoinshrdlcumwfgypbvk"
HAN = "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学"
BATCH = 5_000  # rows
TRIGGER = import_module("chatapp.search.migrations.0002_index").ADDED

chance = random.Random(7)
WORDS = ["".join(chance.choices(LETTERS, k=chance.randint(2, 10))) for _ in range(60_000)]
FREQUENCIES = list(accumulate(1 / (rank + 2) for rank in range(len(WORDS))))
OWNERS = [f"searcher{number}@example.com" for number in range(PEOPLE)]


def build(rows: int) -> None:
    """Fill the empty database."""
    owners = [Person.objects.create_user(email) for email in OWNERS]
    texts = [_text(number) for number in range(TEXTS)]
    chats = _chats(owners, rows)
    _write_texts(texts)
    _write_plan(chats, rows)
    _copy()
    SearchEntry.objects.bulk_create(
        map(entries.title_entry, chats), batch_size=BATCH, ignore_conflicts=True
    )
    Filling.objects.create(is_complete=True, checked_until=NOW)


def _chats(owners: list[Person], rows: int) -> list[Conversation]:
    """Return the conversations from the oldest on; one person has many of them."""
    weights = [SHARE_OF_ONE, *[(1 - SHARE_OF_ONE) / (PEOPLE - 1)] * (PEOPLE - 1)]
    count = rows // CHAT
    chats = [
        Conversation(
            owner=owner,
            title=" ".join(_words(5)),
            model=default_model(),
            created_at=NOW - SPAN * (1 - number / count),
            active_at=NOW - SPAN * (1 - number / count),
        )
        for number, owner in enumerate(chance.choices(owners, weights, k=count))
    ]
    return list(Conversation.objects.bulk_create(chats, batch_size=BATCH))


def _text(number: int) -> str:
    if number % 50 == 0:
        return "".join(chance.choices(HAN, k=200))
    words = _words(MESSAGE_WORDS)
    if number % 5 == 0:
        names = [f"{a}_{b}.{c}()" for a, b, c in zip(*[iter(words[:30])] * 3, strict=True)]
        words[:30] = ["```python", *names, "```"]
    return " ".join(words)


def _words(count: int) -> list[str]:
    return chance.choices(WORDS, cum_weights=FREQUENCIES, k=count)


def _write_texts(texts: list[str]) -> None:
    is_postgres = connection.vendor == "postgresql"
    rows = [
        (number, text, tokens_of([text]) if is_postgres else f" {' '.join(tokens_of([text]))}")
        for number, text in enumerate(texts)
    ]
    kind, value = ("tsvector", "array_to_tsvector(%s)") if is_postgres else ("text", "%s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE bench_text (number int primary key, body text, tokens {kind})"
        )
        cursor.executemany(f"INSERT INTO bench_text VALUES (%s, %s, {value})", rows)


def _write_plan(chats: list[Conversation], rows: int) -> None:
    kind = "uuid" if connection.vendor == "postgresql" else "char(32)"
    key = Message._meta.pk
    moment = Message._meta.get_field("created_at")
    planned = iter(_plan(chats, rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE bench_plan (id {kind}, chat {kind}, owner {kind}, place int, role text,"
            " written timestamp with time zone, entry bigint, number int, own text, marks text)"
            if kind == "uuid"
            else f"CREATE TABLE bench_plan (id {kind}, chat {kind}, owner {kind}, place int,"
            " role text, written datetime, entry bigint, number int, own text, marks text)"
        )
        while batch := list(islice(planned, BATCH)):
            cursor.executemany(
                f"INSERT INTO bench_plan VALUES ({', '.join(['%s'] * 10)})",
                [
                    [
                        *(key.get_db_prep_value(pk, connection) for pk in row[:3]),
                        *row[3:5],
                        moment.get_db_prep_value(row[5], connection),
                        *row[6:],
                    ]
                    for row in batch
                ],
            )


def _plan(chats: list[Conversation], rows: int) -> "list[tuple[object, ...]]":
    planned = []
    for number in range(rows):
        chat, place = chats[number // CHAT], number % CHAT
        pk = uuid.UUID(int=chance.getrandbits(128))
        written = chat.created_at + timedelta(seconds=30 * place)
        own = f"E{number:06}"
        marked = [
            filter_tokens.message_of(chat.owner_id),
            filter_tokens.in_conversation(chat.pk),
            *(filter_tokens.MODEL + token for token in tokens_of([chat.model])),
            own.lower(),
        ]
        role = "assistant" if place % 2 else "user"
        key = entry_keys.key_of(written, pk)
        values = (pk, chat.pk, chat.owner_id, place, role, written, key)
        planned.append((*values, chance.randrange(TEXTS), own, " ".join(marked)))
    return planned


def _copy() -> None:
    is_postgres = connection.vendor == "postgresql"
    tokens = (
        "text.tokens || array_to_tsvector(string_to_array(plan.marks, ' '))"
        if is_postgres
        else "text.tokens || ' ' || plan.marks || ' '"
    )
    json = "'{}'::jsonb" if is_postgres else "'{}'"
    false, true = ("false", "true") if is_postgres else ("0", "1")
    columns = {
        "id": "plan.id",
        "conversation_id": "plan.chat",
        "position": "plan.place",
        "on_branch": true,
        "has_news": false,
        "excluded": false,
        "role": "plan.role",
        "status": "'complete'",
        "text": "text.body || ' ' || plan.own",
        "html": "''",
        "html_version": "0",
        "is_plain": true,
        "created_at": "plan.written",
        "changes": json,
        "model": "''",
        "thinking": "''",
        "instructions_digest": "''",
        "variation": "''",
        "reasoning": "''",
        "notices": json,
        "resume_positions": json.replace("{}", "[]"),
        "error": "''",
        "error_kind": "''",
        "finish_reason": "''",
        "usage_is_estimated": false,
        **dict.fromkeys(("attempt", "takeovers", "crashes", "sequence"), "0"),
        "leased_by": "''",
    }
    source = "FROM bench_plan plan JOIN bench_text text ON text.number = plan.number ORDER BY entry"
    with connection.cursor() as cursor:
        # Both indexes are made in one go at the end.
        cursor.execute("DROP INDEX search_tokens" if is_postgres else "DROP TRIGGER search_added")
        cursor.execute(
            f"INSERT INTO conversations_message ({', '.join(columns)})"
            f" SELECT {', '.join(columns.values())} {source}"
        )
        cursor.execute(
            "INSERT INTO search_searchentry (id, owner_id, conversation_id, message_id, tokens)"
            f" SELECT plan.entry, plan.owner, plan.chat, plan.id, {tokens} {source}"
        )
        cursor.execute("DROP TABLE bench_plan")
        if is_postgres:
            cursor.execute("SET maintenance_work_mem = '256MB'")
            cursor.execute(
                "CREATE INDEX search_tokens ON search_searchentry USING gin (tokens)"
                " WITH (gin_pending_list_limit = 256)"
            )
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")
            cursor.execute(TRIGGER)
            cursor.execute("ANALYZE")
