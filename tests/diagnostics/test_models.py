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


async def test_two_spellings_are_one_model(serve: Serve, settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "claude-sonnet-4-6"}]')
    await serve(listing=listing("claude-4-6-sonnet"))

    assert (await model_service.check_models()).level == "green"


async def test_the_list_of_a_compatible_server_is_read(serve: Serve) -> None:
    service = await serve(listing=plain("200 OK", b'{"data": [{"id": "one"}, {"id": "three"}]}'))
    service.listings = {"/available-models": plain("404 Not Found", b"")}

    result = await model_service.check_models()

    assert result.level == "yellow"
    assert "The service lists: one, three." in result.found
    assert result.fix.startswith("two may be misspelled")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "deprecated"}, "two is deprecated; the service suggests no other model."),
        (
            {"eol_date": "2099-06-12", "replacement_model": "three"},
            "two ends on June 12, 2099; the service suggests three.",
        ),
        (
            {"state": "deprecated", "eol_date": "2026-06-12", "replacement_model": "three"},
            "two ended on June 12, 2026; the service suggests three.",
        ),
    ],
)
async def test_models_that_are_about_to_go_are_named(
    serve: Serve, fields: dict[str, str], words: str
) -> None:
    entries = [{"model_id": "one", "state": "active"}, {"model_id": "two"} | fields]
    await serve(listing=plain("200 OK", json.dumps(entries).encode()))

    result = await model_service.check_models()

    assert (result.level, result.found.endswith(words)) == ("yellow", True)
    assert "CHAT_MODELS" in result.fix
