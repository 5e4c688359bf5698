"""`manage.py try_inference`, as an operator runs it: with the demo model, and with servers that
fail."""

import asyncio
import io
import re
import shlex
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django import Settings

from chatapp.inference import Service, load_catalog
from chatapp.inference.demo.process import demo_model
from tests.inference.conftest import FaultServer
from tests.inference.wire import (
    HELLO,
    OK,
    Answer,
    chunk,
    event,
    in_turn,
    refusal,
    text_event,
    writes,
    writes_and_closes,
)

KEY = "inf-0123456789abcdef"

# aiohttp warns of every body above 1 MB. Writing one takes the loop a few milliseconds.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAT_DEMO_RATE", "0")
        with demo_model("--key", KEY) as url:
            yield url


@pytest.fixture
def demo(demo_url: str, settings: Settings) -> None:
    settings.SERVICE = Service("compatible", demo_url, KEY)


def output_of(*arguments: str) -> str:
    """Return the output of a run that succeeds."""
    out = io.StringIO()
    call_command("try_inference", *arguments, stdout=out)
    return out.getvalue()


def failed(*arguments: str) -> tuple[str, str]:
    """Return the output of a run that fails, and its error."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("try_inference", *arguments, stdout=out)
    assert KEY not in out.getvalue() + str(caught.value)
    return out.getvalue(), str(caught.value)


@pytest.fixture
def against(settings: Settings) -> Callable[..., Awaitable[tuple[Any, FaultServer]]]:
    """Run the command in a thread, against a server with this answer."""

    async def run(
        answer: bytes | Answer, function: Callable[..., Any], *arguments: str
    ) -> tuple[Any, FaultServer]:
        server = FaultServer(writes(answer) if isinstance(answer, bytes) else answer)
        await server.start()
        settings.SERVICE = Service("compatible", server.url, KEY)
        try:
            return await asyncio.to_thread(function, *arguments), server
        finally:
            await server.stop()

    return run


# --- An answer


def test_an_answer_streams_and_ends_with_its_facts(demo: None) -> None:
    text = output_of("/echo Hello, operator")
    assert text.startswith("Compatible server at 127.0.0.1\nHello, operator\n\nEnded with: stop\n")
    assert re.search(r"^Tokens: \d+ read, \d+ written$", text, re.MULTILINE)
    assert re.search(r"^Times: first text after \d\.\d\d s, end after \d\.\d\d s", text, re.M)
    left = r"\d+ left of 150 a minute \(full again in \d+ s\)$"
    assert re.search(f"^Quota of requests: {left}", text, re.MULTILINE)
    assert re.search(r"^Quota of tokens: \d{3},\d{3} left of 800,000 a minute", text, re.MULTILINE)


def test_thinking_is_shown_before_the_answer(demo: None) -> None:
    text = output_of("--thinking", "/echo 42")
    assert re.search(r"demo model.*\n\n42\n\nEnded", text, re.DOTALL)
    assert "Times: first thinking after " in text
    assert "first thinking" not in output_of("/echo 42")


def test_an_image_from_a_file_is_prepared_and_seen(demo: None, tmp_path: Path) -> None:
    Image.new("RGB", (2_000, 1_000), (30, 60, 220)).save(tmp_path / "blue.png")
    text = output_of("What is this?", "--image", str(tmp_path / "blue.png"))
    assert "1568 x 784 pixels. Main colours: blue" in text


@pytest.mark.parametrize("url", ["https://example.com/a.png", "HTTPS://example.com/a.png"])
async def test_an_image_link_is_sent_as_a_link(against: Any, url: str) -> None:
    text, server = await against(HELLO, output_of, "What is this?", "--image", url)
    assert "Hello" in text
    parts = server.body()["messages"][0]["content"]
    assert parts[0] == {"type": "image_url", "image_url": {"url": url}}


def test_a_file_that_is_not_an_image_is_refused(demo: None, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert "can't be read" in failed("What?", "--image", str(path))[1]
    assert "can't be read" in failed("What?", "--image", str(tmp_path))[1]
    path.write_text("no image")
    assert "isn't an image" in failed("What?", "--image", str(path))[1]


async def test_the_model_its_limit_and_the_setting_are_sent(
    against: Any, settings: Settings
) -> None:
    settings.CATALOG = load_catalog('[{"id": "a", "max_output": 100}, {"id": "b"}]')
    settings.PROMPT_CACHING = False
    _, server = await against(HELLO, output_of, "Hi", "--model", "b")
    assert (server.body()["model"], server.body()["max_tokens"]) == ("b", 8_192)
    assert server.header("x-heroku-prompt-caching") == "false"
    _, server = await against(HELLO, output_of, "Hi")
    assert (server.body()["model"], server.body()["max_tokens"]) == ("a", 100)


async def test_waiting_and_changes_are_shown(against: Any) -> None:
    no_thinking = refusal(400, "extended_thinking is not supported")
    answers = in_turn(refusal(429, retry_after="0"), no_thinking, HELLO)
    text, _ = await against(answers, output_of, "Hi", "--thinking")
    assert "too many requests. Trying again in 1 s.]" in text or "again in 0 s.]" in text
    assert "[The request was changed: thinking is off.]\nHello" in text


async def test_missing_facts_are_not_reported(against: Any) -> None:
    answer = OK + chunk(event(tool_calls=[{"id": "1", "function": {"name": "t"}}]))
    answer += chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"
    text, _ = await against(answer, output_of, "Hi")
    assert "Tokens: not reported\nTimes: no text, end after " in text
    assert "Quota of requests: not reported\n" in text


async def test_text_cannot_command_the_terminal(against: Any) -> None:
    answer = OK + chunk(text_event("a\x1b[2Jb\n\tc") + b"data: [DONE]\n\n") + b"0\r\n\r\n"
    text, _ = await against(answer, output_of, "Hi")
    assert "\na [2Jb\n\tc\n" in text


# --- Failures


async def test_an_interrupted_answer_keeps_its_text_and_facts(against: Any) -> None:
    answer = OK.removesuffix(b"\r\n") + b"X-RateLimit-Remaining-Requests: 9\r\n\r\n"
    broken = writes_and_closes(answer + chunk(text_event("Hel")))
    (text, words), _ = await against(broken, failed, "Hi")
    assert "\nHel\nTokens: not reported\nTimes: first text after " in text
    assert "Quota of requests: 9 left\n" in text
    assert words.startswith("Interrupted: The answer was interrupted.")


async def test_a_refusal_is_shown_without_the_key(against: Any) -> None:
    (text, words), _ = await against(refusal(401, f"\x1bbad {KEY}"), failed, "Hi")
    assert words == (
        "KeyRefused: The service doesn't accept the key. Check INFERENCE_KEY."
        " The service reported: “ bad [key]”"
    )
    assert "Times: no text, end after " in text


def test_a_wrong_key_is_explained(demo_url: str, settings: Settings) -> None:
    settings.SERVICE = Service("compatible", demo_url, "inf-wrong")
    for arguments in (["Hi"], ["--questions"]):
        text, words = failed(*arguments)
        assert words.startswith("KeyRefused: The service doesn't accept the key.")
        assert "calls" not in text


@pytest.mark.parametrize("arguments", [["Hi"], ["--questions"]])
def test_without_a_service_it_shows_what_to_set(settings: Settings, arguments: list[str]) -> None:
    settings.SERVICE = Service("none")
    text, words = failed(*arguments)
    assert (text, words) == ("", "No model is connected: set INFERENCE_URL and INFERENCE_KEY.")


@pytest.mark.parametrize("arguments", [["Hi"], ["--questions"]])
def test_an_unknown_model_is_named_with_those_on_offer(demo: None, arguments: list[str]) -> None:
    words = failed(*arguments, "--model", "gpt")[1]
    assert words == "gpt is not offered. Choose claude-sonnet-4-6 or claude-4-5-sonnet."


@pytest.mark.parametrize("arguments", [[], [" "], ["--thinking"]])
def test_without_a_prompt_it_shows_an_example(demo: None, arguments: list[str]) -> None:
    assert "manage.py try_inference" in failed(*arguments)[1]


# --- The questions


def catalog_of(text: str) -> list[Any]:
    """Read the printed config var as a shell and then the app do."""
    line = next(line for line in text.splitlines() if line.startswith("CHAT_MODELS="))
    (word,) = shlex.split(line)
    return list(load_catalog(word.removeprefix("CHAT_MODELS=")).values())


def test_the_questions_end_with_a_config_var_that_the_app_reads(
    demo: None, settings: Settings
) -> None:
    text = output_of("--questions")
    assert text.count("\n  The app: ") == 8
    assert "\nmax_tokens or max_completion_tokens?\n  max_tokens: accepted;" in text
    assert int(re.search(r"^(\d+) calls\.$", text, re.MULTILINE)[1]) < 20  # type: ignore[index]
    before = settings.CATALOG.values()
    assert catalog_of(text) == [replace(model, max_output=64_000) for model in before]


def test_a_configuration_that_fits_is_unchanged(demo: None, settings: Settings) -> None:
    settings.CATALOG = {
        model_id: replace(model, max_output=64_000) for model_id, model in settings.CATALOG.items()
    }
    text = output_of("--questions")
    assert text.endswith("calls.\nThe configuration fits the service.\n")


def test_the_config_var_keeps_models_that_were_not_tried(demo: None, settings: Settings) -> None:
    names = [f'{{"id": "m{n}", "label": "It\'s m{n}"}}' for n in range(5)]
    settings.CATALOG = load_catalog(f"[{','.join(names)}]")
    text = output_of("--questions")
    assert "\nNot tried (use --model): m3, m4.\n" in text
    models = list(settings.CATALOG.values())
    assert catalog_of(text)[3:] == models[3:]
    assert catalog_of(text)[:3] == [
        replace(model, max_output=64_000, vision=True, thinking=True) for model in models[:3]
    ]
    text = output_of("--questions", "--model", "m4")
    assert "Not tried" not in text
    assert catalog_of(text)[:4] == models[:4]
    assert catalog_of(text)[4].max_output == 64_000


async def test_findings_stay_when_the_service_fails_later(against: Any) -> None:
    text, _ = await against(in_turn(HELLO, HELLO, refusal(500, KEY)), output_of, "--questions")
    assert text.count("not settled (500 ServiceFailed: [key])") > 5
    assert KEY not in text
    assert text.endswith("calls.\nThe configuration fits the service.\n")
