"""Answers of services: what they say is read as valid text."""

from __future__ import annotations

import json

import pytest

from chatapp.server.valid_text import make_valid_json
from chatapp.tools.json_client import fetch_json
from tests.fetching.site import LOOPBACK, Site, reply
from tests.texts import TEXTS


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_an_answer_is_read_whatever_text_is_in_it(text: str) -> None:
    said = {f"k{text}": text}
    async with Site(reply("200 OK", json.dumps(said).encode())) as site:
        heard = await fetch_json("Here", f"http://{LOOPBACK}:{site.port}/", {}, dict[str, str])

    assert heard == make_valid_json(said)


async def test_wrong_bytes_are_replaced() -> None:
    async with Site(reply("200 OK", b'{"a": "\xed\xa0\xbd"}')) as site:
        heard = await fetch_json("Here", f"http://{LOOPBACK}:{site.port}/", {}, dict[str, str])

    assert heard == {"a": "\ufffd\ufffd\ufffd"}
