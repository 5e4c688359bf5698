"""Reading the service's list: at most hourly for all processes, and never needed."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from chatapp import background
from chatapp.inference import Service
from chatapp.retirement import offers, reading
from chatapp.retirement.models import ServiceList
from tests.diagnostics.model_service import ModelService, running
from tests.inference.wire import plain
from tests.retirement.conftest import OLD, TODAY, Know, retired

pytestmark = pytest.mark.django_db(transaction=True)

LISTED = [
    {"model_id": "claude-4-6-sonnet", "type": ["text-to-text"], "state": "active"},
    {
        "model_id": OLD,
        "state": "deprecated",
        "deprecation_date": f"{TODAY - timedelta(days=40)}",
        "eol_date": f"{TODAY - timedelta(days=1)}",
        "replacement_model": "claude-4-6-sonnet",
    },
]


@pytest.fixture
async def asked(settings: Settings, know: Know) -> AsyncIterator[ModelService]:
    listing = plain("200 OK", json.dumps(LISTED).encode())
    async with running(ModelService(listing=listing)) as service:
        settings.SERVICE = Service("heroku", service.url, "inf-key")
        yield service


async def test_the_list_is_read_once_an_hour_without_the_key(asked: ModelService) -> None:
    assert await reading.read_if_due()
    assert not await reading.read_if_due()
    await reading.refresh()

    assert [head.split()[1] for head in asked.heads] == ["/available-models"]
    assert "inf-key" not in asked.heads[0]
    assert offers.has_ended(OLD)


@pytest.mark.parametrize("hours", [-1, 2])  # an hour has passed; the clock was set back
async def test_after_an_hour_it_is_read_again(asked: ModelService, hours: int) -> None:
    await reading.read_if_due()
    await ServiceList.objects.aupdate(asked_at=timezone.now() + timedelta(hours=hours, seconds=9))
    if hours < 0:
        await ServiceList.objects.aupdate(asked_at=timezone.now() - timedelta(hours=1))

    assert await reading.read_if_due()
    assert len(asked.heads) == 2


@pytest.mark.parametrize(
    "answer",
    [
        plain("404 Not Found", b"{}"),
        plain("302 Found", json.dumps(LISTED).encode()),
        plain("200 OK", b"<html>"),
        plain("200 OK", json.dumps([{"model_id": f"m{n}"} for n in range(1_001)]).encode()),
        plain("200 OK", b'[{"model_id": 7, "eol_date": [], "replacement_model": {}}]'),
    ],
)
async def test_anything_else_leaves_what_was_read(asked: ModelService, answer: bytes) -> None:
    url = asked.url
    await background.in_thread(ServiceList.objects.claim, url)
    await background.in_thread(ServiceList.objects.store, url, [retired()])
    await ServiceList.objects.aupdate(asked_at=timezone.now() - timedelta(hours=2))
    asked.listing = answer

    assert not await reading.read_if_due()
    assert await background.in_thread(ServiceList.objects.listed, url) == [retired()]


async def test_an_unreachable_service_is_asked_an_hour_later(
    settings: Settings, know: Know
) -> None:
    settings.SERVICE = Service("heroku", "http://127.0.0.1:1", "key")

    assert not await reading.read_if_due()
    assert not await background.in_thread(ServiceList.objects.claim, settings.SERVICE.url)


def test_entries_of_another_version_are_left_out(know: Know) -> None:
    row = ServiceList(service="x", asked_at=timezone.now(), entries=[{"id": "a", "new": 1}, {}, 7])

    assert row.listed == []
