"""Show what a person, and everybody, used."""

import uuid
from datetime import timedelta

from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.spending import kept_sums
from chatapp.spending.models import ModelCall
from tests.bench.growth.case import Run, case, get

SPENDER, OWNER = "spender@example.com", "manager-of-money@example.com"
CALLS_OF_A_CHAT = 20
DAYS = 30
MODELS = ("claude-sonnet-4-6", "claude-4-5-haiku", "claude-opus-4-5")
PURPOSES = ("reply", "reply", "reply", "tool_round", "title")
BATCH = 1_000


@case("Usage", 50_000, "calls")
def own(count: int) -> Run:
    request = get(SPENDER, "/usage/")
    _add([Person.objects.get(email=SPENDER)], count)
    return request


@case("Everybody's usage", 50_000, "calls")
def everybody(count: int) -> Run:
    request = get(OWNER, "/usage/everybody/")
    Person.objects.filter(email=OWNER).update(assigned_role="admin")
    people = [
        Person.objects.create(email=f"spender{number}@example.com", name=f"Spender {number}")
        for number in range(20)
    ]
    _add(people, count)
    return request


def _add(people: list[Person], count: int) -> None:
    now = timezone.now()
    chats = [uuid.uuid4() for _chat in range(count // CALLS_OF_A_CHAT + 1)]
    calls = (
        ModelCall(
            person=people[number % len(people)],
            conversation_id=chats[number // CALLS_OF_A_CHAT],
            purpose=PURPOSES[number % len(PURPOSES)],
            state=ModelCall.State.ENDED,
            model=MODELS[number % 7 % len(MODELS)],
            input_tokens=1_000,
            output_tokens=100,
            cost=4_500 + number % 100,
            begun_at=now - timedelta(days=DAYS) * (number / count),
            made_by="bench",
        )
        for number in range(count)
    )
    ModelCall.objects.bulk_create(calls, batch_size=BATCH)
    kept_sums.update()
