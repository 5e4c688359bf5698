"""The calls of a month as CSV: complete, exact, and harmless in a spreadsheet."""

import csv
from http import HTTPStatus
from io import StringIO

import pytest
from django.test import AsyncClient

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.spending import csv_file
from chatapp.spending.days import begin_of, today
from chatapp.spending.models.model_call import Purpose
from tests.spending.calls import call, store

pytestmark = pytest.mark.django_db(transaction=True)


async def rows_of(client: AsyncClient, url: str) -> list[dict[str, str]]:
    answer = await client.get(url)
    assert answer.status_code == HTTPStatus.OK
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment;")
    text = b"".join([piece async for piece in answer]).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


async def test_all_calls_are_in_the_file_with_exact_amounts(
    async_owner_client: AsyncClient,
    owner: Person,
    member: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_file, "ROWS_AT_ONCE", 2)
    now = begin_of(today())
    own = [call(owner, 5_001 + number, begun_at=now) for number in range(5)]  # at one moment
    unpriced = call(owner, None, model="mystery", is_estimated=True, purpose=Purpose.TITLE)
    await background.in_thread(store, *own, unpriced, call(member, 9))

    rows = await rows_of(async_owner_client, "/usage/calls.csv")
    everybody = await rows_of(async_owner_client, "/usage/everybody/calls.csv")

    assert len(rows) == 6
    assert sorted(row["usd"] for row in rows[:5]) == [f"0.00{5001 + n}" for n in range(5)]
    last = rows[5]
    assert (last["usd"], last["estimated"], last["purpose"]) == ("", "yes", "title")
    assert last["input_tokens"] == "100"
    assert {row["person"] for row in everybody} == {owner.email, member.email}


async def test_cells_are_no_formulas(async_owner_client: AsyncClient, owner: Person) -> None:
    await background.in_thread(store, call(owner, 1, model='=HYPERLINK("http://x","y")'))

    [row] = await rows_of(async_owner_client, "/usage/calls.csv")

    assert row["model"] == '\'=HYPERLINK("http://x","y")'
