"""Calls of diagnostics are in the ledger, as far as there is a database."""

from typing import Any

import pytest
from django.db import OperationalError

from chatapp.accounts.models import Person
from chatapp.diagnostics import runner
from chatapp.diagnostics.checks import model_service
from chatapp.diagnostics.runner import Check
from chatapp.replies import accounting
from chatapp.replies.accounting import CapReached
from chatapp.spending.models import ModelCall
from tests.diagnostics.conftest import NoLedger, Serve

CHECK = Check("service", "Service", model_service.check_service)


@pytest.mark.django_db(transaction=True)
async def test_a_call_is_recorded_for_who_looks(serve: Serve, owner: Person) -> None:
    await serve()

    result = await runner.start(owner, CHECK)

    assert result.level == "green"
    row = await ModelCall.objects.aget()
    assert (row.purpose, row.person_id, row.state) == ("diagnostics", owner.pk, "ended")
    assert (row.input_tokens, row.output_tokens, row.is_estimated) == (12, 3, False)


async def test_without_a_database_the_service_is_checked_all_the_same(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> None:
        raise OperationalError("away")

    broken = NoLedger()
    monkeypatch.setattr(broken, "begin", fail)
    monkeypatch.setattr(accounting, "_registered", [broken])
    await serve()

    assert (await runner.run(CHECK)).level == "green"


async def test_a_reached_cap_is_a_note(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> None:
        raise CapReached("You've reached your cap.")

    capped = NoLedger()
    monkeypatch.setattr(capped, "begin", refuse)
    monkeypatch.setattr(accounting, "_registered", [capped])
    service = await serve()

    result = await runner.run(CHECK)

    assert (result.level, result.found) == ("note", "You've reached your cap.")
    assert not service.bodies
