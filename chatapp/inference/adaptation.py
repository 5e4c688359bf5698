"""How a request changes when the service does not take it as it is. No network, no clock.

Every change is made at most once, except that a conversation may be cut twice. None of them is a
retry: what goes out is another request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .catalog import Model, TokenField
from .context import estimate, exclude_images, fit
from .errors import ConversationTooLong, InferenceError, RequestRefused, TextBlocked
from .firewall import rewrite
from .payload import MAX_REQUEST_BYTES, encode, image_urls
from .types import Adapted, CompletionRequest
from .word_splitting import has_calls, spell_out_calls

MAX_CUTS = 2
SHARE_KEPT = 0.75  # of the tokens, when the service does not say how many are too many

OTHER_FIELD: dict[TokenField, TokenField] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
THINKING = re.compile(r"thinking|reasoning|budget_tokens", re.IGNORECASE)
SAMPLING = re.compile(r"temperature|top_p", re.IGNORECASE)
# Thoughts are wanted before calls even by a service that was told not to think.
TOOLS = re.compile(r"tool|thinking", re.IGNORECASE)
TOKEN_FIELD = re.compile(r"max_(?:completion_)?tokens", re.IGNORECASE)
# "208310 tokens > 200000 maximum", "195000 + 8192 > 200000"
OVER_MAXIMUM = re.compile(r"(\d+)(?: tokens)?(?: \+ \d+)? > (\d+)")
# "maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens"
MAXIMUM_FIRST = re.compile(r"maximum context length is (\d+)\D+(\d+) tokens", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What goes out next. `news` is what the person has to be told before; `window` in tokens,
    and `max_output` too; both are None when the model is unknown."""

    request: CompletionRequest
    token_field: TokenField
    window: int | None
    max_output: int | None = None
    news: tuple[Adapted, ...] = ()
    field_switched: bool = False
    rewritten: bool = False
    cuts: int = 0
    turns_excluded: int = 0
    images_excluded: int = 0

    def told(self) -> Attempt:
        return replace(self, news=())


def prepare(
    request: CompletionRequest, model: Model | None = None, token_field: TokenField | None = None
) -> Attempt:
    """The first attempt: what is known to be refused is not even tried.

    `model` is None when the catalogue does not know it; `token_field` is the one that was learned
    for this model, None when nothing was.
    """
    field = token_field or (model.token_field if model else "max_tokens")
    window, max_output = (model.context_window, model.max_output) if model else (None, None)
    if has_calls(request) and not request.tools:
        request = spell_out_calls(request)
    attempt = Attempt(request, field, window, max_output)
    # The service has no field to take signed thoughts back, and wants them with a tool's result.
    impossible = has_calls(request) or (model is not None and not model.thinking)
    if request.thinking_budget is not None and impossible:
        attempt = _without_thinking(attempt)
    if attempt.window is not None:
        attempt = _fitted(attempt, attempt.window) or attempt
    return attempt


def pack(attempt: Attempt) -> tuple[Attempt, bytes]:
    """The body, and the attempt without the oldest images when it would be too large.

    Raises ConversationTooLong when the text alone is, and what `encode` raises.
    """
    body = _body(attempt)
    while (excess := len(body) - MAX_REQUEST_BYTES) > 0:
        sizes = [len(url) for url in image_urls(attempt.request)]
        if not sizes:
            raise ConversationTooLong
        count = next((n for n in range(1, len(sizes)) if sum(sizes[:n]) >= excess), len(sizes))
        request = exclude_images(attempt.request, count)
        attempt = _excluded(attempt, request, turns=0, images=count)
        body = _body(attempt)
    return attempt, body


def _body(attempt: Attempt) -> bytes:
    return encode(attempt.request, token_field=attempt.token_field, max_output=attempt.max_output)


def adapt(attempt: Attempt, error: InferenceError) -> Attempt | None:
    """The attempt that may succeed where this one met `error`; None when there is none."""
    if isinstance(error, TextBlocked):
        return _rewritten(attempt)
    if isinstance(error, ConversationTooLong):
        return _cut(attempt, error.detail)
    if type(error) is RequestRefused:
        return _other_fields(attempt, error.detail)
    return None


def _other_fields(attempt: Attempt, detail: str) -> Attempt | None:
    request = attempt.request
    # "max_tokens must be greater than thinking.budget_tokens" names both: it is about thinking.
    if request.thinking_budget is not None and THINKING.search(detail):
        return _without_thinking(attempt)
    if (request.temperature, request.top_p) != (None, None) and SAMPLING.search(detail):
        return replace(attempt, request=replace(request, temperature=None, top_p=None))
    if not attempt.field_switched and TOKEN_FIELD.search(detail):
        other = OTHER_FIELD[attempt.token_field]
        return replace(attempt, token_field=other, field_switched=True)
    if request.tools and TOOLS.search(detail):
        return _without_tools(attempt)
    return None


def _without_thinking(attempt: Attempt) -> Attempt:
    request = replace(attempt.request, thinking_budget=None)
    return replace(attempt, request=request, news=(*attempt.news, Adapted("thinking_off")))


def _without_tools(attempt: Attempt) -> Attempt:
    request = spell_out_calls(attempt.request)
    return replace(attempt, request=request, news=(*attempt.news, Adapted("tools_off")))


def _rewritten(attempt: Attempt) -> Attempt | None:
    request = rewrite(attempt.request)
    if attempt.rewritten or request is attempt.request:
        return None
    news = (*attempt.news, Adapted("text_rewritten"))
    return replace(attempt, request=request, rewritten=True, news=news)


def _cut(attempt: Attempt, detail: str) -> Attempt | None:
    if attempt.cuts == MAX_CUTS:
        return None
    attempt = replace(attempt, cuts=attempt.cuts + 1)
    estimated = estimate(attempt.request)
    said = _said(detail)
    if said is None:
        return _fitted(attempt, int(estimated * SHARE_KEPT) + attempt.request.max_tokens)
    counted, maximum = said
    return _fitted(attempt, min(maximum, attempt.window or maximum), counted / estimated)


def _said(detail: str) -> tuple[int, int] | None:
    """How many tokens the service counted, and how many it takes."""
    detail = detail.replace(",", "")
    if match := OVER_MAXIMUM.search(detail):
        counted, maximum = int(match[1]), int(match[2])
    elif match := MAXIMUM_FIRST.search(detail):
        counted, maximum = int(match[2]), int(match[1])
    else:
        return None
    return (counted, maximum) if counted and maximum else None


def _fitted(attempt: Attempt, window: int, scale: float = 1.0) -> Attempt | None:
    fitted = fit(attempt.request, window, scale=scale)
    if fitted.request is attempt.request:
        return None
    return _excluded(attempt, fitted.request, fitted.turns_excluded, fitted.images_excluded)


def _excluded(attempt: Attempt, request: CompletionRequest, turns: int, images: int) -> Attempt:
    all_turns = attempt.turns_excluded + turns
    all_images = attempt.images_excluded + images
    news = attempt.news
    if turns:
        news = (*news, Adapted("turns_excluded", all_turns))
    if images:
        news = (*news, Adapted("images_excluded", all_images))
    return replace(
        attempt,
        request=request,
        news=news,
        turns_excluded=all_turns,
        images_excluded=all_images,
    )
