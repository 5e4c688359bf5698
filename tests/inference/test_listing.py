"""The list of a service: two forms, and nothing that depends on it."""

from __future__ import annotations

import asyncio
import json
from datetime import date

import httpx
import pytest

from chatapp.inference import listing
from chatapp.inference.listing import ListedModel, fetch_listing, find_listed, read_listing
from chatapp.inference.service import Service
from tests.diagnostics.model_service import ModelService, running

from .conftest import KEY, Serve
from .wire import OK, chunk, plain

HEROKU = [
    {"model_id": "claude-4-6-sonnet", "type": ["text-to-text"], "state": "active"},
    {
        "model_id": "claude-4-sonnet",
        "state": "deprecated",
        "deprecation_date": "2026-05-12",
        "eol_date": "2026-06-12T00:00:00Z",
        "replacement_model": "claude-4-6-sonnet",
    },
]
OPENAI = {"object": "list", "data": [{"id": "llama", "object": "model"}, {"id": "qwen/qwen3"}]}


def test_both_forms_are_read() -> None:
    assert read_listing(json.dumps(HEROKU).encode()) == [
        ListedModel("claude-4-6-sonnet"),
        ListedModel(
            "claude-4-sonnet", True, date(2026, 6, 12), "claude-4-6-sonnet", date(2026, 5, 12)
        ),
    ]
    found = read_listing(json.dumps(OPENAI).encode())
    assert [one.id for one in found] == ["llama", "qwen/qwen3"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 100_000, b"null", b'{"data": 7}', b'["a"]', b'[{"model_id": "<b>"}]', b"7"],
)
def test_anything_else_is_no_list(body: bytes) -> None:
    assert read_listing(body) == []


@pytest.mark.parametrize("day", ["soon", 20270112, "20270112", "2027-02-30", ["2027-01-12"], None])
def test_odd_dates_and_replacements_are_ignored(day: object) -> None:
    entry = {"model_id": "a", "eol_date": day, "replacement_model": "x\ny"}
    assert read_listing(json.dumps([entry]).encode()) == [ListedModel("a")]


@pytest.mark.parametrize(
    ("kinds", "writes_text"),
    [
        (["text-to-text"], True),
        (["text-to-image"], False),
        ("text-to-embedding", False),
        ([], True),
        (7, True),
    ],
)
def test_the_kind_of_a_model_is_read(kinds: object, writes_text: bool) -> None:
    [entry] = read_listing(json.dumps([{"model_id": "a", "type": kinds}]).encode())

    assert entry.writes_text == writes_text


def test_a_model_is_found_in_either_spelling_and_exactly_first() -> None:
    listed = [ListedModel("claude-4-6-sonnet"), ListedModel("claude-sonnet-4-6")]
    assert find_listed(listed, "claude-sonnet-4-6") is listed[1]
    assert find_listed(listed[:1], "claude-sonnet-4-6") is listed[0]
    assert find_listed(listed, "llama") is None


async def test_the_list_of_compatible_servers_is_read_where_there_is_no_other(
    http: httpx.AsyncClient,
) -> None:
    service = ModelService(listing=plain("200 OK", json.dumps(OPENAI).encode()))
    service.listings = {"/available-models": plain("404 Not Found", b"")}
    async with running(service):
        listed = await fetch_listing(Service("compatible", service.url, KEY), http)
        nothing = await fetch_listing(Service("compatible", "http://127.0.0.1:1", KEY), http)

    assert [one.id for one in listed] == ["llama", "qwen/qwen3"]
    assert KEY not in service.heads[0]  # a public list
    assert f"bearer {KEY}" in service.heads[1]
    assert nothing == []


async def test_a_list_that_does_not_end_is_no_list(
    serve: Serve, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MAX_SECONDS", 0.05)

    async def begin(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + chunk(b"["))
        await asyncio.Event().wait()

    server = await serve(begin)
    async with asyncio.timeout(3):  # less than the time limit of a read
        assert await fetch_listing(Service("compatible", server.url, KEY), http) == []
