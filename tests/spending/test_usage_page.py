"""/usage/: a person's own calls, whose rows add up to the sums."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, trash
from chatapp.spending.days import begin_of, today
from chatapp.spending.models import ModelCall
from chatapp.spending.models.model_call import Purpose
from tests.spending.calls import call, store

SENTENCE = "counted in tokens only"
AMOUNT = re.compile(r'<data value="(\d+)">')


def table(page: str, name: str) -> tuple[list[int], int]:
    """Return the amounts of the rows of a table, and that of its last line, in micro-dollars."""
    html = page.partition(f'data-table="{name}"')[2].partition("</table>")[0]
    *rows, total = map(int, AMOUNT.findall(html))
    return rows, total


@pytest.mark.parametrize("name", ["chats", "models", "purposes"])
def test_rows_add_up_to_the_sums_to_the_micro_dollar(
    member_client: Client, member: Person, owner: Person, exchange: Exchange, name: str
) -> None:
    """Odd amounts, of which each would be rounded: 33 chats, five purposes, four models."""
    amounts = [7, 4_999, 5_000, 10_001, 333_333, 14_999]
    models = ["claude-sonnet-4-6", "claude-4-6-sonnet", "claude-4-5-haiku", "mystery"]
    store(
        *(
            call(
                member,
                amounts[number % 6],
                model=models[number % 4],
                purpose=Purpose.values[number % 5],
                conversation_id=None if number % 7 == 0 else uuid4(),
            )
            for number in range(33)
        ),
        call(owner, 77_777),
    )
    expected = sum(amounts[number % 6] for number in range(33))

    page = member_client.get("/usage/").text
    rows, total = table(page, name)

    assert sum(rows) == total == expected
    assert page.partition("This month")[2].partition("</dd>")[0].count(f'value="{expected}"') == 1


def test_both_spellings_of_a_model_are_one_row(owner_client: Client, owner: Person) -> None:
    store(*(call(owner, 1, model=each) for each in ("claude-sonnet-4-6", "claude-4-6-sonnet")))

    assert table(owner_client.get("/usage/").text, "models") == ([2], 2)


def test_a_chat_is_linked_until_it_is_in_the_trash(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    chat = exchange.conversation
    store(call(owner, 5, conversation_id=chat.pk, reply_id=exchange.reply.pk))

    before = owner_client.get("/usage/").text
    trash.trash(chat)
    after = owner_client.get("/usage/").text

    row = f'<a href="/c/{chat.pk}/"><bdi>Hello</bdi></a>'
    assert row in before.partition('data-table="chats"')[2]
    assert str(chat.pk) not in after
    assert "Deleted chat" in after


def test_calls_without_a_price_and_estimates_are_named(owner_client: Client, owner: Person) -> None:
    store(call(owner, 20_000), call(owner, None, model="mystery"))
    page = owner_client.get("/usage/").text
    assert "One call went to a model without a known price" in page
    assert SENTENCE in page
    assert "no price" in page
    assert "is estimated" not in page

    store(call(owner, 1_000_000, is_estimated=True))
    page = owner_client.get("/usage/").text
    assert "One call is estimated" in page
    assert 'about <data value="1020000">$1.02</data>' in page


def test_hidden_calls_are_listed(owner_client: Client, owner: Person) -> None:
    store(call(owner, 300, purpose=Purpose.TITLE), call(owner, 400, purpose=Purpose.DIAGNOSTICS))

    page = owner_client.get("/usage/").text

    listed = page.partition("Latest calls other than replies")[2].partition("</ul>")[0]
    assert "Titles of chats" in listed
    assert "100 tokens read, 10 written" in listed
    assert "Diagnostics" in listed
    assert "<script" not in listed


def test_a_running_call_counts_once_it_has_ended(owner_client: Client, owner: Person) -> None:
    store(call(owner, None, state=ModelCall.State.RUNNING, reserved=9_000_000))

    assert "No calls" in owner_client.get("/usage/").text


def test_a_model_name_is_text(owner_client: Client, owner: Person) -> None:
    name = "<script>alert(1)</script>"
    store(call(owner, 1, model=name))

    page = owner_client.get("/usage/").text

    assert name not in page
    assert escape(name) in page


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Pacific/Auckland"])
def test_today_begins_at_midnight_of_the_site(
    owner_client: Client, owner: Person, settings: Settings, zone: str
) -> None:
    settings.CHAT_TIME_ZONE = zone
    midnight = begin_of(today())
    store(
        call(owner, 1_000_000, begun_at=midnight),
        call(owner, 2_000_000, begun_at=midnight - timedelta(microseconds=1)),
    )

    page = owner_client.get("/usage/").text

    assert '<data value="1000000">$1.00</data>' in page.partition("Today")[2].partition("</dd>")[0]
    assert zone in page


def test_an_earlier_month_has_its_own_sums(owner_client: Client, owner: Person) -> None:
    long_ago = begin_of(today().replace(year=today().year - 1, day=1))
    store(call(owner, 3_000_000, begun_at=long_ago), call(owner, 5_000_000))

    page = owner_client.get(f"/usage/?month={long_ago:%Y-%m}").text

    assert table(page, "models") == ([3_000_000], 3_000_000)
    assert "Today" not in page.partition("<h1>")[2]


def test_twice_the_calls_cost_the_same_queries(owner_client: Client, owner: Person) -> None:
    counts = []
    owner_client.get("/usage/")
    for _round in range(2):
        store(*(call(owner, 5, conversation_id=uuid4(), model=f"m{n}") for n in range(30)))
        with CaptureQueriesContext(connection) as queries:
            owner_client.get("/usage/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_somebody_elses_calls_are_not_shown(member_client: Client, owner: Person) -> None:
    store(call(owner, 123_456))

    page = member_client.get("/usage/").text

    assert "123456" not in page
    assert owner.email not in page


def test_the_chart_is_drawn_without_scripts_and_styles(owner_client: Client, owner: Person) -> None:
    store(call(owner, 10_000, begun_at=timezone.now()))

    chart = owner_client.get("/usage/").text.partition('<figure class="chart">')[2]
    chart = chart.partition("</figure>")[0]

    assert chart.count('class="place"') == 30
    assert chart.count('class="bar"') == 1
    assert "style=" not in chart
    assert "Most on" in chart
