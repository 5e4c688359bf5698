"""Change a request that the service refused. No network, no clock.

Each change is made at most once, except that a conversation may be shortened twice. A changed
request is not a retry: it differs from the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .calls_as_text import has_calls, spell_out_calls
from .catalog import Model, TokenField
from .context_window import estimate, exclude_images, fit
from .errors import ConversationTooLong, InferenceError, RequestRefused, TextBlocked
from .firewall import rewrite
from .payload import MAX_REQUEST_BYTES, encode, image_urls
from .types import Adapted, CompletionRequest

MAX_SHORTENINGS = 2
KEPT_SHARE = 0.75  # of the tokens, when the service does not report how many are too many

OTHER_FIELD: dict[TokenField, TokenField] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
THINKING = re.compile(r"thinking|reasoning|budget_tokens", re.IGNORECASE)
SAMPLING = re.compile(r"temperature|top_p", re.IGNORECASE)
# Some services ask for thinking before tool calls even while thinking is off.
TOOLS = re.compile(r"tool|thinking", re.IGNORECASE)
TOKEN_FIELD = re.compile(r"max_(?:completion_)?tokens", re.IGNORECASE)
# "208310 tokens > 200000 maximum", "195000 + 8192 > 200000"
OVER_MAXIMUM = re.compile(r"(\d+)(?: tokens)?(?: \+ \d+)? > (\d+)")
# "maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens"
MAXIMUM_FIRST = re.compile(r"maximum context length is (\d+)\D+(\d+) tokens", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """Hold the next request to send, and what was changed so far.

    `changes` are new and still have to be shown to the person. `window` and `max_output` are in
    tokens, None for an unknown model.
    """

    request: CompletionRequest
    token_field: TokenField
    window: int | None
    max_output: int | None = None
    changes: tuple[Adapted, ...] = ()
    field_switched: bool = False
    rewritten: bool = False
    shortenings: int = 0
    turns_excluded: int = 0
    images_excluded: int = 0

    def without_changes(self) -> PreparedRequest:
        return replace(self, changes=())


def prepare(
    request: CompletionRequest, model: Model | None = None, token_field: TokenField | None = None
) -> PreparedRequest:
    """Return the first request to send, without what is known to be refused.

    `model` is None when the catalogue lacks it. `token_field` is the name that this model was
    found to accept, None when unknown.
    """
    field = token_field or (model.token_field if model else "max_tokens")
    window, max_output = (model.context_window, model.max_output) if model else (None, None)
    if has_calls(request) and not request.tools:
        request = spell_out_calls(request)
    prepared = PreparedRequest(request, field, window, max_output)
    # With a tool result the service wants its signed thoughts back, but has no field for them.
    impossible = has_calls(request) or (model is not None and not model.thinking)
    if request.thinking_budget is not None and impossible:
        prepared = _turn_off_thinking(prepared)
    if prepared.window is not None:
        prepared = _fit(prepared, prepared.window) or prepared
    return prepared


def pack(prepared: PreparedRequest) -> tuple[PreparedRequest, bytes]:
    """Return the body, and the request without its oldest images if they made it too large.

    Raises ConversationTooLong when the text alone is too large, and what `encode` raises.
    """
    body = _encode(prepared)
    while (excess := len(body) - MAX_REQUEST_BYTES) > 0:
        sizes = [len(url) for url in image_urls(prepared.request)]
        if not sizes:
            raise ConversationTooLong
        count = next((n for n in range(1, len(sizes)) if sum(sizes[:n]) >= excess), len(sizes))
        request = exclude_images(prepared.request, count)
        prepared = _record_exclusions(prepared, request, turns=0, images=count)
        body = _encode(prepared)
    return prepared, body


def _encode(prepared: PreparedRequest) -> bytes:
    return encode(
        prepared.request, token_field=prepared.token_field, max_output=prepared.max_output
    )


def adapt(prepared: PreparedRequest, error: InferenceError) -> PreparedRequest | None:
    """Return a changed request that may succeed after `error`, None when no change helps."""
    if isinstance(error, TextBlocked):
        return _rewrite(prepared)
    if isinstance(error, ConversationTooLong):
        return _shorten(prepared, error.detail)
    if type(error) is RequestRefused:
        return _change_fields(prepared, error.detail)
    return None


def _change_fields(prepared: PreparedRequest, detail: str) -> PreparedRequest | None:
    request = prepared.request
    # "max_tokens must be greater than thinking.budget_tokens" names both: it is about thinking.
    if request.thinking_budget is not None and THINKING.search(detail):
        return _turn_off_thinking(prepared)
    if (request.temperature, request.top_p) != (None, None) and SAMPLING.search(detail):
        return replace(prepared, request=replace(request, temperature=None, top_p=None))
    if not prepared.field_switched and TOKEN_FIELD.search(detail):
        other = OTHER_FIELD[prepared.token_field]
        return replace(prepared, token_field=other, field_switched=True)
    if request.tools and TOOLS.search(detail):
        return _turn_off_tools(prepared)
    return None


def _turn_off_thinking(prepared: PreparedRequest) -> PreparedRequest:
    request = replace(prepared.request, thinking_budget=None)
    return replace(prepared, request=request, changes=(*prepared.changes, Adapted("thinking_off")))


def _turn_off_tools(prepared: PreparedRequest) -> PreparedRequest:
    request = spell_out_calls(prepared.request)
    return replace(prepared, request=request, changes=(*prepared.changes, Adapted("tools_off")))


def _rewrite(prepared: PreparedRequest) -> PreparedRequest | None:
    request = rewrite(prepared.request)
    if prepared.rewritten or request is prepared.request:
        return None
    changes = (*prepared.changes, Adapted("text_rewritten"))
    return replace(prepared, request=request, rewritten=True, changes=changes)


def _shorten(prepared: PreparedRequest, detail: str) -> PreparedRequest | None:
    if prepared.shortenings == MAX_SHORTENINGS:
        return None
    prepared = replace(prepared, shortenings=prepared.shortenings + 1)
    estimated = estimate(prepared.request)
    counts = _token_counts(detail)
    if counts is None:
        return _fit(prepared, int(estimated * KEPT_SHARE) + prepared.request.max_tokens)
    counted, maximum = counts
    return _fit(prepared, min(maximum, prepared.window or maximum), counted / estimated)


def _token_counts(detail: str) -> tuple[int, int] | None:
    """Return how many tokens the service counted, and how many it accepts."""
    detail = detail.replace(",", "")
    if match := OVER_MAXIMUM.search(detail):
        counted, maximum = int(match[1]), int(match[2])
    elif match := MAXIMUM_FIRST.search(detail):
        counted, maximum = int(match[2]), int(match[1])
    else:
        return None
    return (counted, maximum) if counted and maximum else None


def _fit(prepared: PreparedRequest, window: int, scale: float = 1.0) -> PreparedRequest | None:
    fitted = fit(prepared.request, window, scale=scale)
    if fitted.request is prepared.request:
        return None
    return _record_exclusions(
        prepared, fitted.request, fitted.turns_excluded, fitted.images_excluded
    )


def _record_exclusions(
    prepared: PreparedRequest, request: CompletionRequest, turns: int, images: int
) -> PreparedRequest:
    all_turns = prepared.turns_excluded + turns
    all_images = prepared.images_excluded + images
    changes = prepared.changes
    if turns:
        changes = (*changes, Adapted("turns_excluded", all_turns))
    if images:
        changes = (*changes, Adapted("images_excluded", all_images))
    return replace(
        prepared,
        request=request,
        changes=changes,
        turns_excluded=all_turns,
        images_excluded=all_images,
    )
