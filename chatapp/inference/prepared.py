"""Prepare a request for what is known about its model. No network, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .calls_as_text import has_calls, spell_out_calls
from .catalog import Model, ThinkingForm, TokenField
from .context_window import ANSWER_SHARE, estimate, exclude_images, fit, reserved_tokens
from .errors import ConversationTooLong
from .knowledge import NOTHING, Learned
from .payload import MAX_REQUEST_BYTES, MIN_ANSWER_TOKENS, encode, image_urls
from .types import Adapted, Change, CompletionRequest


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """Hold the next request to send, and what was changed so far.

    `changes` are new and still have to be shown to the person. `unproven` ones are shown once the
    answer begins, because only then it is known that they helped; `learned` is kept then, for
    `known_as`, the id in the catalogue. `window` and `max_output` are in tokens, None if unknown.
    """

    request: CompletionRequest
    token_field: TokenField
    window: int | None
    max_output: int | None = None
    thinking_form: ThinkingForm = "budget"
    known_as: str = ""
    changes: tuple[Adapted, ...] = ()
    unproven: tuple[Adapted, ...] = ()
    learned: Learned = NOTHING
    field_switched: bool = False
    respelled: bool = False
    rewritten: bool = False
    limits_lowered: int = 0
    shortenings: int = 0
    turns_excluded: int = 0
    images_excluded: int = 0

    def without_changes(self) -> PreparedRequest:
        return replace(self, changes=())

    def with_change(self, change: Change, count: int = 0, detail: str = "") -> PreparedRequest:
        return replace(self, changes=(*self.changes, Adapted(change, count, detail)))


def prepare(
    request: CompletionRequest, model: Model | None = None, learned: Learned = NOTHING
) -> PreparedRequest:
    """Return the first request to send, without what is known to be refused.

    `model` is None when the catalogue lacks it. `learned` wins over the catalogue.
    """
    known_as = request.model
    if learned.sent_as:
        request = replace(request, model=learned.sent_as)
    if has_calls(request) and not request.tools:
        request = spell_out_calls(request)
    prepared = PreparedRequest(
        request,
        learned.token_field or (model.token_field if model else "max_tokens"),
        _smaller(model.context_window if model else None, learned.context_window),
        _smaller(model.max_output if model else None, learned.max_output),
        "effort" if learned.thinking == "effort" else (model.thinking_form if model else "budget"),
        known_as,
    )
    prepared = _without_unsupported(prepared, model, learned)
    if prepared.window is not None:
        window = prepared.window
        prepared = _limit_answer(fit_window(prepared, window) or prepared, window)
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


def fit_window(
    prepared: PreparedRequest, window: int, scale: float = 1.0
) -> PreparedRequest | None:
    """Return the request without the oldest turns and images that don't fit, None if all fit."""
    answer = reserved_tokens(prepared.request, window)
    fitted = fit(prepared.request, window, scale=scale, answer=answer)
    if fitted.request is prepared.request:
        return None
    return _record_exclusions(
        prepared, fitted.request, fitted.turns_excluded, fitted.images_excluded
    )


def answer_tokens(request: CompletionRequest) -> int:
    """Return the tokens that the request wants to keep free for thinking and answer."""
    return request.max_tokens + (request.thinking_budget or 0)


def turn_off_thinking(prepared: PreparedRequest) -> PreparedRequest:
    request = replace(prepared.request, thinking_budget=None)
    return replace(prepared, request=request).with_change("thinking_off")


def turn_off_sampling(prepared: PreparedRequest) -> PreparedRequest:
    request = replace(prepared.request, temperature=None, top_p=None)
    return replace(prepared, request=request).with_change("sampling_off")


def turn_off_vision(prepared: PreparedRequest) -> PreparedRequest:
    count = len(image_urls(prepared.request))
    request = exclude_images(prepared.request, count)
    return replace(prepared, request=request).with_change("images_unsupported", count)


def has_sampling(request: CompletionRequest) -> bool:
    return (request.temperature, request.top_p) != (None, None)


def _without_unsupported(
    prepared: PreparedRequest, model: Model | None, learned: Learned
) -> PreparedRequest:
    # With a tool result the service wants its signed thoughts back, but has no field for them.
    no_thinking = has_calls(prepared.request) or (model is not None and not model.thinking)
    if prepared.request.thinking_budget is not None and (no_thinking or learned.thinking == "off"):
        prepared = turn_off_thinking(prepared)
    no_sampling = learned.sampling == "off" or (model is not None and not model.sampling)
    if no_sampling and has_sampling(prepared.request):
        prepared = turn_off_sampling(prepared)
    if learned.vision == "off" and image_urls(prepared.request):
        prepared = turn_off_vision(prepared)
    return prepared


def _limit_answer(prepared: PreparedRequest, window: int) -> PreparedRequest:
    """Ask for no longer answer than a small window has room for."""
    if answer_tokens(prepared.request) <= window // ANSWER_SHARE:
        return prepared
    room = max(window - estimate(prepared.request), min(MIN_ANSWER_TOKENS, window // ANSWER_SHARE))
    return replace(prepared, max_output=_smaller(prepared.max_output, room))


def _encode(prepared: PreparedRequest) -> bytes:
    return encode(
        prepared.request,
        token_field=prepared.token_field,
        max_output=prepared.max_output,
        thinking_form=prepared.thinking_form,
    )


def _record_exclusions(
    prepared: PreparedRequest, request: CompletionRequest, turns: int, images: int
) -> PreparedRequest:
    all_turns = prepared.turns_excluded + turns
    all_images = prepared.images_excluded + images
    prepared = replace(
        prepared, request=request, turns_excluded=all_turns, images_excluded=all_images
    )
    if turns:
        prepared = prepared.with_change("turns_excluded", all_turns)
    if images:
        prepared = prepared.with_change("images_excluded", all_images)
    return prepared


def _smaller(one: int | None, other: int | None) -> int | None:
    return min((n for n in (one, other) if n is not None), default=None)
