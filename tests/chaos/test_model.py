"""The stand-in model gives known answers, fails on request, and records its requests."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.chaos.question import Question
from tests.chaos.words import seen, text
from tests.servers.processes import running

FAST = 100_000.0  # pieces a second


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    with running("tests.chaos.model") as server:
        yield server.url


def ask(model: str, question: Question, given: str = "") -> httpx.Response:
    turns = [{"role": "user", "content": str(question)}]
    if given:
        turns += [{"role": "assistant", "content": given}, {"role": "user", "content": "Go on."}]
    return post(model, "You are Claude.", turns)


def post(model: str, system: str, turns: list[dict[str, str]]) -> httpx.Response:
    body = {"messages": [{"role": "system", "content": system}, *turns]}
    return httpx.post(f"{model}/v1/chat/completions", json=body)


def said(response: httpx.Response) -> str:
    lines = [line[6:] for line in response.text.splitlines() if line.startswith("data: {")]
    pieces = [json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines]
    # A character may come in two halves.
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def asked(model: str, run: str) -> list[dict[str, Any]]:
    everything = httpx.get(f"{model}/requests").json()
    return [request for request in everything if request["run"] == run]


def test_a_question_is_parsed_as_it_was_written() -> None:
    question = Question("a4", 300, 20.5, refuse=(429, 500), cut=(90,), stall=((120, 4.5),))

    assert Question.parse(f"An unanswered chaos run=a3 words=1 rate=1\n\n{question}") == question
    assert Question.parse("Hello") is None


def test_a_text_depends_only_on_its_run_and_repeats_no_word() -> None:
    whole = text("a4", 200)

    assert text("a4", 200) == whole
    assert text("a5", 200) != whole
    assert [whole.count(f"a4x{index}") >= 1 for index in range(200)] == [True] * 200
    assert seen("a4", whole + "\n") == 200
    assert any(ord(letter) > 0xFFFF for letter in whole)


def test_the_answer_is_the_known_text(model: str) -> None:
    answer = ask(model, Question("whole", 60, FAST))

    assert said(answer) == text("whole", 60)
    assert [request["outcome"] for request in asked(model, "whole")] == ["complete"]


def test_the_model_resumes_with_the_very_next_character(model: str) -> None:
    whole = text("onwards", 60)

    answer = ask(model, Question("onwards", 60, FAST), given=whole[:101])

    assert said(answer) == whole[101:]
    assert [(one["given"], one["known"]) for one in asked(model, "onwards")] == [(101, True)]


def test_a_text_that_the_model_never_sent_is_noticed(model: str) -> None:
    ask(model, Question("foreign", 60, FAST), given="Something else")

    assert [one["known"] for one in asked(model, "foreign")] == [False]


def test_the_model_refuses_once_then_is_interrupted_once_then_answers(model: str) -> None:
    question = Question("faulty", 60, FAST, refuse=(429,), cut=(50,))

    assert ask(model, question).status_code == 429
    with pytest.raises(httpx.RemoteProtocolError):
        ask(model, question)
    assert said(ask(model, question)) == text("faulty", 60)
    outcomes = [request["outcome"] for request in asked(model, "faulty")]
    assert outcomes == ["refused 429", "cut", "complete"]


def test_a_disconnect_ends_the_request(model: str) -> None:
    question = Question("left", 60, 5.0)
    body = {
        "messages": [{"role": "system", "content": ""}, {"role": "user", "content": str(question)}]
    }

    with httpx.stream("POST", f"{model}/v1/chat/completions", json=body) as answer:
        next(answer.iter_bytes())

    while not (request := asked(model, "left")[0])["outcome"]:
        pass
    assert request["outcome"] == "hung up"
    assert request["end"] >= request["start"]


def test_a_title_is_not_recorded(model: str) -> None:
    turns = [{"role": "user", "content": str(Question("titled", 60, FAST))}]

    post(model, "Write a title for this.", turns)

    assert asked(model, "titled") == []
