"""The service's list of models is shown, but not required."""

import json

import pytest
from pytest_django import Settings

from chatapp.diagnostics.checks import model_service
from chatapp.inference import Service, load_catalog
from tests.diagnostics.conftest import KEY, Serve
from tests.inference.wire import plain


def listing(*ids: object) -> bytes:
    return plain("200 OK", json.dumps([{"model_id": one, "type": []} for one in ids]).encode())


@pytest.fixture(autouse=True)
def _catalog(settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "one"}, {"id": "two"}]')


async def test_listed_models_are_green(serve: Serve) -> None:
    service = await serve(listing=listing("two", "three", "one"))

    result = await model_service.check_models()

    assert result.level == "green"
    assert result.found == "Offered here: one, two. The service lists: one, three, two."
    assert service.heads[0].startswith("get /available-models ")
    assert KEY not in "".join(service.heads)


async def test_an_unlisted_model_is_yellow_with_the_command_that_tries_it(
    serve: Serve,
) -> None:
    await serve(listing=listing("one"))

    result = await model_service.check_models()

    assert result.level == "yellow"
    assert result.fix.startswith("two may be misspelled")
    assert "--model two" in result.command


@pytest.mark.parametrize(
    "answer",
    [
        plain("404 Not Found", b"{}"),
        plain("200 OK", b"<html>", "text/html"),
        plain("200 OK", b'{"data": []}'),
        plain("200 OK", b"[" * 100_000),
        plain("200 OK", b'["one"]'),
        plain("500 No", listing("one")),
        listing(None, 7, "<b>", "x\x1b[2J"),
    ],
)
async def test_a_missing_or_odd_list_is_a_note(serve: Serve, answer: bytes) -> None:
    await serve(listing=answer)

    result = await model_service.check_models()

    assert result.level == "note"
    assert result.found == "Offered here: one, two. The service doesn't list its models."


async def test_a_service_that_is_away_is_a_note(settings: Settings) -> None:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:1", KEY)

    assert (await model_service.check_models()).level == "note"


async def test_without_a_service_the_check_is_skipped(no_service: None) -> None:
    assert (await model_service.check_models()).level == "note"
