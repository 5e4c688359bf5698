"""Questions that only a live key can settle: each is a few short calls and a finding.

The app works under either answer. A finding reports what it does now, and which fields of the model
catalogue would fit the service better. Only a refusal that names a feature counts against it.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from .adaptation import OTHER_FIELD, THINKING
from .catalog import Model
from .error_body import shorten
from .errors import ImageRejected, RequestRefused
from .payload import encode
from .probe import Prober, Seen
from .reports import MAX_QUOTE, Finding, improve, verdict
from .sample_requests import (
    SIDE,
    image_request,
    inline_url,
    sample_image,
    text_request,
    yes_request,
)
from .types import ChatMessage, CompletionRequest

MAX_MODELS = 3  # that are tried one by one, in 18 calls
SHORT_ANSWER = 64  # tokens
MAX_OUTPUT = 64_000  # tokens; Anthropic's own ceiling
MIN_OUTPUT = 256  # tokens; a smaller number in a refusal is no limit for a reply
BUDGET = 1_024  # tokens of thinking, the smallest number that is accepted
LARGE_SIDE = 1_000  # pixels; such an image is 3 MB, 4 MB in base64

RED = re.compile(r"\bred\b", re.IGNORECASE)
NUMBER = re.compile(r"\d+")

# Harmless text. People have reported that the web firewall refuses each piece of it.
SUSPICIOUS = (
    "What is wrong here? <script src='http://localhost:8000/a.js'>load('javascript:alert(1)')"
    '</script> <img onerror="x()"> {{ user.name }} {% if x %} ../../etc/passwd 10.0.0.1'
)
# About 1,500 tokens, more than the smallest text that is cached.
LONG_INSTRUCTIONS = "Answer with one word. " + "Herons wait in the shallow water. " * 200

Question = Callable[[Prober, Sequence[Model]], Awaitable[Finding]]


async def ask_all(prober: Prober, models: Sequence[Model]) -> AsyncGenerator[Finding]:
    """Ask all questions in turn, with fewer than 20 calls. Each uses what the last one found.

    Most calls go to the first model. Raise the InferenceError of the simplest call when it fails,
    because nothing else can be found out then. No finding contains the key.
    """
    for question in QUESTIONS:
        finding = await question(prober, models)
        models = improve(models, finding.improvements)
        yield replace(finding, answer=prober.hide(finding.answer))


async def token_field(prober: Prober, models: Sequence[Model]) -> Finding:
    model = models[0]
    other_field = OTHER_FIELD[model.token_field]
    usual = await _ask(prober, model, yes_request(model, SHORT_ANSWER))
    if usual.failure and not (usual.accepted or isinstance(usual.failure, RequestRefused)):
        raise usual.failure
    other = await _ask(
        prober, replace(model, token_field=other_field), yes_request(model, SHORT_ANSWER)
    )
    if usual.failure and not (usual.accepted or other.accepted):
        raise usual.failure
    improvements = (
        {} if usual.accepted else {one.id: {"token_field": other_field} for one in models}
    )
    return Finding(
        "max_tokens or max_completion_tokens?",
        f"{model.token_field}: {verdict(usual)}; {other_field}: {verdict(other)}.",
        "The model's token_field is sent, and the other name after a 400 that mentions it.",
        improvements,
    )


async def images(prober: Prober, models: Sequence[Model]) -> Finding:
    answers, improvements = [], {}
    for model in models[:MAX_MODELS]:
        seen = await _ask(prober, model, _image(model, SIDE))
        sees = bool(RED.search(seen.text))
        answer = (
            "and its colour seen"
            if sees
            else f"but the answer is “{shorten(prober.hide(seen.text), 80)}”"
        )
        answers.append(f"{model.id}: {verdict(seen)}{f', {answer}' if seen.accepted else ''}")
        if model.vision and isinstance(seen.failure, ImageRejected):
            improvements[model.id] = {"vision": False}
        elif sees and not model.vision:
            improvements[model.id] = {"vision": True}
    large = await _ask(prober, models[0], _image(models[0], LARGE_SIDE))
    return Finding(
        "Does image_url accept a data: URL, and how large may it be?",
        f"{'; '.join(answers)}. One of 4 MB: {verdict(large)}.",
        "With CHAT_IMAGE_DELIVERY=auto either form is tried once, a link first where the service "
        "can reach us; link or inline sends that form only, at most 4.7 MB of data: URL each.",
        improvements,
    )


async def max_output(prober: Prober, models: Sequence[Model]) -> Finding:
    answers, improvements = [], {}
    for model in models[:MAX_MODELS]:
        asked = min(MAX_OUTPUT, model.context_window // 2)
        seen = await _ask(
            prober, model, replace(yes_request(model, SHORT_ANSWER), max_tokens=asked)
        )
        answers.append(f"{model.id}: {asked:,} {verdict(seen)}")
        limit = max(asked, model.max_output) if seen.accepted else _named_limit(seen, asked)
        if limit and limit != model.max_output:
            improvements[model.id] = {"max_output": limit}
    return Finding(
        "What is the highest limit for a reply?",
        "; ".join(answers) + ".",
        "A reply has at most max_output tokens and then offers Continue.",
        improvements,
    )


async def thinking(prober: Prober, models: Sequence[Model]) -> Finding:
    answers, improvements = [], {}
    for model in models[:MAX_MODELS]:
        plain = text_request(model, "What is 27 times 43? Think first.", 2 * BUDGET)
        seen = await _ask(prober, model, replace(plain, thinking_budget=BUDGET))
        shown = "shown as deltas" if seen.reasoning else "no reasoning shown"
        signed = "with a signature" if b'"signature"' in seen.body else "without a signature"
        facts = f", {shown}, {signed}" if seen.accepted else ""
        answers.append(f"{model.id}: {verdict(seen)}{facts}")
        refused = type(seen.failure) is RequestRefused and THINKING.search(seen.failure.detail)
        if model.thinking and refused and not seen.accepted:
            improvements[model.id] = {"thinking": False}
        elif seen.reasoning and not model.thinking:
            improvements[model.id] = {"thinking": True}
    return Finding(
        "Does extended_thinking work, and how does it arrive?",
        "; ".join(answers) + ".",
        "Thinking is offered where the catalogue has it; after a refusal it is turned off.",
        improvements,
    )


async def caching(prober: Prober, models: Sequence[Model]) -> Finding:
    instructions = ChatMessage.from_text("system", LONG_INSTRUCTIONS)
    short = text_request(models[0], "Which bird?", SHORT_ANSWER)
    request = replace(short, messages=(instructions, *short.messages))
    answers = [await _ask(prober, models[0], request) for _ in range(2)]
    first, second = (
        shorten(prober.hide(json.dumps(seen.usage)), MAX_QUOTE) if seen.usage else verdict(seen)
        for seen in answers
    )
    return Finding(
        "What does usage hold, and do cached tokens appear?",
        f"First {first}, then {second}.",
        "prompt_tokens and completion_tokens are kept, everything else is ignored.",
    )


async def sampling(prober: Prober, models: Sequence[Model]) -> Finding:
    seen = await prober.send(
        _body(models[0], yes_request(models[0], SHORT_ANSWER)) | {"temperature": 0.5, "top_p": 0.9}
    )
    return Finding(
        "Are temperature and top_p refused together?",
        f"Together: {verdict(seen)}.",
        "They are never sent together.",
    )


async def firewall(prober: Prober, models: Sequence[Model]) -> Finding:
    request = text_request(models[0], SUSPICIOUS, SHORT_ANSWER)
    bare = await prober.send(_body(models[0], request))
    escaped = await _ask(prober, models[0], request)
    return Finding(
        "Does pasted code trip the web firewall?",
        f"As it is: {verdict(bare)}. As the app sends it: {verdict(escaped)}.",
        "Markup is sent in JSON escapes; a refused text is sent once more with its words split.",
    )


async def errors_and_quotas(prober: Prober, models: Sequence[Model]) -> Finding:
    seen = await prober.send({"model": models[0].id, "messages": [], "stream": True})
    body = shorten(prober.hide(seen.body.decode("utf-8", "replace")), MAX_QUOTE)
    quotas = ", ".join(f"{name}: {value}" for name, value in sorted(prober.quotas.items()))
    return Finding(
        "What do errors and quotas look like?",
        f"No messages: {verdict(seen)}, in full {body or 'nothing'}. Headers of all answers: "
        f"{quotas or 'nothing about quotas'}. Longest silence: {prober.longest_gap:.1f} s.",
        "Every known form is read; without Retry-After the app waits 1, 2, 4 s with jitter.",
    )


# The simplest first: the others need its answer.
QUESTIONS: tuple[Question, ...] = (
    token_field,
    images,
    max_output,
    thinking,
    caching,
    sampling,
    firewall,
    errors_and_quotas,  # reports the quotas of all calls
)


async def _ask(prober: Prober, model: Model, request: CompletionRequest) -> Seen:
    return await prober.ask(request, token_field=model.token_field)


def _body(model: Model, request: CompletionRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(encode(request, token_field=model.token_field))
    return body


def _image(model: Model, side: int) -> CompletionRequest:
    return image_request(model, inline_url(sample_image(side)), SHORT_ANSWER)


def _named_limit(seen: Seen, asked: int) -> int | None:
    """The number of tokens that a refusal names, as in "64000 > 8192, which is the maximum"."""
    if type(seen.failure) is not RequestRefused or "token" not in seen.failure.detail:
        return None
    numbers = map(int, NUMBER.findall(seen.failure.detail.replace(",", "")))
    return max((number for number in numbers if MIN_OUTPUT <= number < asked), default=None)
