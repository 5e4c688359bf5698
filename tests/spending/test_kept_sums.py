"""The kept sums are those of the calls, whatever happens between."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.spending import caps, kept_sums
from chatapp.spending.days import begin_of, today
from chatapp.spending.models import Budget, ChatSum, DaySum, ModelCall
from chatapp.spending.models.kept_sums import NO_CHAT
from chatapp.spending.models.model_call import Purpose
from chatapp.spending.periods import zone
from tests.spending.calls import call, store

pytestmark = pytest.mark.django_db

type Kept = Counter[tuple[object, ...]]


def some_calls(people: list[Person | None], count: int, seed: int) -> list[ModelCall]:
    chance = random.Random(seed)
    chats = [None, *(UUID(int=number) for number in range(1, 6))]
    return [
        call(
            chance.choice(people),
            chance.choice([None, 0, 7, 4_999, 10**9]),
            begun_at=begin_of(today()) - timedelta(hours=chance.randrange(24 * 70)),
            model=chance.choice(["claude-sonnet-4-6", "claude-4-5-haiku", "mystery"]),
            purpose=chance.choice(Purpose.values),
            conversation_id=chance.choice(chats),
            is_estimated=chance.random() < 0.3,
            input_tokens=chance.randrange(10**6),
            reserved=chance.randrange(10**6),
            state=chance.choice(["ended", "ended", "lost", "running"]),
        )
        for _call in range(count)
    ]


def check() -> None:
    """Compare all kept sums with the calls."""
    days, chats, budgets = Counter[object](), Counter[object](), Counter[str]()
    for one in ModelCall.objects.exclude(state="running"):
        day, cost = one.begun_at.astimezone(zone()).date(), one.cost or 0
        what = (1, cost, one.input_tokens, one.output_tokens, one.is_estimated, one.cost is None)
        for place, number in enumerate(what):
            days[one.person_id, day, one.model, one.purpose, place] += int(number)
            if one.person_id:
                chat = one.conversation_id or NO_CHAT
                chats[one.person_id, day.replace(day=1), chat, place] += int(number)
        for key in caps.keys_of(one.person_id, one.begun_at):
            budgets[key] += one.reserved if one.cost is None else one.cost
    assert kept(DaySum, "person_id", "day", "model", "purpose") == +days
    assert kept(ChatSum, "person_id", "month", "conversation_id") == +chats
    assert dict(Budget.objects.values_list("key", "used")) == dict(budgets)


def kept(model: type[DaySum] | type[ChatSum], *key: str) -> Kept:
    found: Kept = Counter()
    for row in model.objects.all():
        for place, name in enumerate(model.ADDED):
            found[*(getattr(row, each) for each in key), place] += getattr(row, name)
    return +found


def test_sums_are_those_of_the_calls_however_they_are_added(
    owner: Person, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_sums, "AT_ONCE", 30)
    for seed in range(3):
        store(*some_calls([owner, member, None], 70, seed))
        kept_sums.update()
        check()
    ModelCall.objects.running().update(state="lost", cost=12_345)
    with kept_sums.up_to_date():
        check()
    assert not ModelCall.objects.filter(unsummed=1).exists()


def test_a_sum_that_fails_is_made_the_next_time(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(*some_calls([owner], 20, 1))
    with monkeypatch.context() as broken:
        broken.setattr(kept_sums, "_budgets", lambda calls: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            kept_sums.update()
    assert not DaySum.objects.exists()

    kept_sums.update()

    check()


def test_another_time_zone_has_other_days(owner: Person, settings: Settings) -> None:
    settings.CHAT_TIME_ZONE = "Asia/Kathmandu"
    store(*some_calls([owner], 60, 2))
    kept_sums.update()
    check()
    settings.CHAT_TIME_ZONE = "America/Los_Angeles"
    store(*some_calls([owner], 10, 3))

    kept_sums.update()

    check()


def test_sums_of_people_who_are_gone_stay_for_the_site(owner: Person, member: Person) -> None:
    store(*some_calls([owner, member], 60, 4))
    kept_sums.update()
    before = sum(DaySum.objects.values_list("cost", flat=True))

    member.delete()
    store(*some_calls([owner, None], 20, 5))

    assert sum(DaySum.objects.values_list("cost", flat=True)) == before
    assert not ChatSum.objects.exclude(person=owner).exists()
    kept_sums.update()
    assert kept(DaySum, "day")[today(), 0] == (
        ModelCall.objects.exclude(state="running").filter(begun_at__gte=begin_of(today())).count()
    )


@pytest.mark.django_db(transaction=True)
def test_calls_are_added_once_by_many(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_sums, "AT_ONCE", 10)
    store(*some_calls([owner], 100, 6))
    ready = threading.Barrier(4)

    def update() -> None:
        ready.wait(30)
        kept_sums.update()
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(update) for _thread in range(4)]:
            done.result()

    check()


def test_the_page_adds_what_has_just_ended(owner_client: Client, owner: Person) -> None:
    store(call(owner, 3))
    owner_client.get("/usage/")
    store(call(owner, 4, conversation_id=uuid4(), begun_at=datetime.now(zone())))

    page = owner_client.get("/usage/").text

    assert '<data value="7">' in page
    assert ModelCall.objects.filter(unsummed=1).count() == 0
