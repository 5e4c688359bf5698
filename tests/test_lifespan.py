"""The loops of a server process survive a database that fails."""

import asyncio
import gc
from collections import Counter
from typing import Any, NoReturn
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError
from pytest_django import Settings

from chatapp import background, lifespan
from chatapp.accounts import access_changes
from chatapp.accounts.my_account import last_use
from chatapp.conversations import housekeeping
from chatapp.diagnostics import database_watch
from chatapp.inference import Service
from chatapp.jobs import runner
from chatapp.leases import renewal
from chatapp.people import removal
from chatapp.realtime import protocol
from chatapp.replies import learning, leases, remote
from chatapp.retirement import reading
from chatapp.search import indexer
from chatapp.spending import upkeep as spending
from chatapp.transfer import upkeep

PAUSE_SECONDS = 0.01
PAUSES = (
    (access_changes, "POLL_SECONDS"),
    (access_changes, "JOINED_POLL_SECONDS"),
    (removal, "INTERVAL_SECONDS"),
    (protocol, "PULSE_SECONDS"),
    (last_use, "WRITE_SECONDS"),
    (housekeeping, "INTERVAL_SECONDS"),
    (database_watch, "INTERVAL_SECONDS"),
    (learning, "REFRESH_SECONDS"),
    (renewal, "RETRY_SECONDS"),
    (leases, "SWEEP_SECONDS"),
    (runner, "SWEEP_SECONDS"),
    (remote, "POLL_SECONDS"),
    (remote, "JOINED_POLL_SECONDS"),
    (indexer, "LOOK_SECONDS"),
    (upkeep, "INTERVAL_SECONDS"),
    (reading, "LOOK_SECONDS"),
    (spending, "REFRESH_SECONDS"),
    (spending, "SWEEP_SECONDS"),
)


@pytest.fixture(autouse=True)
def _short_pauses_and_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in PAUSES:
        monkeypatch.setattr(module, name, PAUSE_SECONDS)
    # Three of the loops do nothing when nobody listens or was there.
    use = last_use.Use(uuid4(), "", "")
    monkeypatch.setattr(last_use, "_waiting", {"a session": use})
    monkeypatch.setattr(protocol, "listening", lambda: {uuid4()})
    monkeypatch.setattr(protocol, "listening_sessions", lambda: {"a session"})


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
async def test_every_loop_tries_again_after_an_error_of_the_database(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SERVICE = Service("heroku", "https://us.inference.heroku.com", "key")  # has a list
    tries: Counter[str] = Counter()
    names: set[str] = set()
    all_tried_again = asyncio.Event()

    async def fail(*_args: Any) -> NoReturn:
        tries[asyncio.current_task().get_name()] += 1  # type: ignore[union-attr]
        if names and all(tries[name] > 1 for name in names):
            all_tried_again.set()
        raise error

    monkeypatch.setattr(background, "in_thread", fail)
    monkeypatch.setattr(background, "in_urgent_thread", fail)
    monkeypatch.setattr(background, "in_spare_thread", fail)
    with (
        patch.object(lifespan, "_stop_new_replies_on_signals"),
        patch.object(lifespan.service, "client"),
        patch.object(gc, "freeze"),
    ):
        lifespan._start()
    names |= {task.get_name() for task in background.running("")}
    try:
        async with asyncio.timeout(10):
            await all_tried_again.wait()
    finally:
        await background.drain(5)

    assert {
        "renew leases",
        "sweep",
        "sweep jobs",
        "clean up uploads",
        "ended sessions",
        "housekeeping",
        "listed models",
    } < names
