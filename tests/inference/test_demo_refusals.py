"""Refusals of the demo model that a command asks for, and the quota that it tells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatapp.inference.demo import refusals
from chatapp.inference.demo.quota import Quota
from chatapp.inference.demo.refusals import Refusal, Refusals

THINKING = {"enabled": True, "budget_tokens": 1_024}


def find(text: str, memory: Refusals | None = None, **fields: Any) -> Refusal | None:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]} | fields
    return (memory or Refusals()).find(body, json.dumps(body).encode())


def test_an_ordinary_message_is_not_refused() -> None:
    assert find("see ../readme at http://localhost:8000", max_tokens=5) is None


@pytest.mark.parametrize(
    ("command", "refusal"),
    [("/error 429", Refusal(429)), ("/error html", Refusal(403, page=True))],
)
def test_errors_on_demand(command: str, refusal: Refusal) -> None:
    assert find(f"please {command}") == refusal


def test_a_title_is_never_refused() -> None:
    system = {"role": "system", "content": "Write a short title."}
    messages = [system, {"role": "user", "content": "/error 500"}]
    assert find("", messages=messages) is None


def test_flaky_refuses_n_times_then_answers_and_starts_again() -> None:
    memory = Refusals()
    found = [find("/flaky 503 2 hi", memory) for _ in range(6)]
    assert found == [Refusal(503), Refusal(503), None] * 2


def test_flaky_counts_every_message_by_itself() -> None:
    memory = Refusals()
    assert find("/flaky 503 1 one", memory) == find("/flaky 503 1 two", memory) == Refusal(503)
    assert find("/flaky 503 1 one", memory) is find("/flaky 503 1 two", memory) is None


def test_flaky_forgets_the_oldest_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MAX_REMEMBERED", 2)
    memory = Refusals()
    for text in ("one", "two", "three"):
        assert find(f"/flaky 503 1 {text}", memory)
    assert find("/flaky 503 1 three", memory) is None
    assert find("/flaky 503 1 one", memory) == Refusal(503)


@pytest.mark.parametrize(
    "trigger",
    [
        *("javascript:void", "<img ONERROR=x", "../etc", "{{ x }}", "{% if", "<script>"),
        *("http://localhost:1", "https://LOCALHOST", "http://10.0.0.1", "http://127.0.0.1:8000"),
        *("https://192.168.1.9", "http://172.16.0.1", "http://172.31.255.1"),
    ],
)
def test_the_firewall_refuses_its_known_triggers(trigger: str) -> None:
    assert find(f"{trigger}\n\n/firewall") == Refusal(403, page=True)


@pytest.mark.parametrize(
    "text", ["onerror", "a.. b", "{ x }", "http://172.32.0.1", "http://8.8.8.8", "10.0.0.1"]
)
def test_the_firewall_allows_other_text(text: str) -> None:
    assert find(f"{text}\n\n/firewall") is None


def test_the_firewall_reads_the_bytes_on_the_wire() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "<script>{{ /firewall"}]}
    escaped = json.dumps(body).replace("<", "\\u003c").replace("{{", "\\u007b\\u007b")
    assert Refusals().find(body, escaped.encode()) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 8_000 + "\n\n/window 2000", "prompt is too long: 2004 tokens > 2000 maximum"),
        ("x" * 800_000, "prompt is too long: 200001 tokens > 200000 maximum"),
    ],
)
def test_a_long_conversation_is_refused_with_both_numbers(text: str, words: str) -> None:
    assert find(text) == Refusal(400, words)


def test_a_conversation_within_the_window_passes() -> None:
    assert find("x" * 4_000 + "\n\n/window 2000") is None


def test_thinking_can_be_refused() -> None:
    refused = find("/nothinking", extended_thinking=THINKING)
    assert refused
    assert "extended_thinking" in refused.message
    assert find("/nothinking", extended_thinking={"enabled": False}) is None
    assert find("/nothinking") is None


def test_the_old_token_field_can_be_refused() -> None:
    refused = find("/newfield", max_tokens=5)
    assert refused
    assert "max_tokens is not supported" in refused.message
    assert "use max_completion_tokens" in refused.message
    assert find("/newfield", max_completion_tokens=5) is None


def quota_headers(quota: Quota) -> dict[str, str]:
    prefix = "x-ratelimit-"
    return {name.decode().removeprefix(prefix): value.decode() for name, value in quota.headers()}


def test_an_unused_quota_is_whole() -> None:
    assert quota_headers(Quota()) == {
        "limit-requests": "150",
        "remaining-requests": "150",
        "reset-requests": "0s",
        "limit-tokens": "800000",
        "remaining-tokens": "800000",
        "reset-tokens": "0s",
    }


def test_the_minute_of_the_quota_slides() -> None:
    now = 1_000.0
    quota = Quota(clock=lambda: now)
    quota.requests.use(1)
    quota.tokens.use(500)
    now += 9.5
    quota.requests.use(1)
    told = quota_headers(quota)
    assert (told["remaining-requests"], told["reset-requests"]) == ("148", "51s")
    assert (told["remaining-tokens"], told["reset-tokens"]) == ("799500", "51s")
    now += 51
    told = quota_headers(quota)
    assert (told["remaining-requests"], told["reset-requests"]) == ("149", "9s")
    assert (told["remaining-tokens"], told["reset-tokens"]) == ("800000", "0s")


def test_more_than_the_quota_leaves_nothing() -> None:
    quota = Quota()
    quota.tokens.use(900_000)
    assert quota_headers(quota)["remaining-tokens"] == "0"
