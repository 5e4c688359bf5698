"""Change a request that the service refused. No network, no clock.

Each change is made at most once, except that a conversation may be shortened and an answer limited
twice. A changed request is not a retry: it differs from the one before.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .calls_as_text import has_calls, spell_out_calls
from .catalog import TokenField
from .context_window import ANSWER_SHARE, estimate, exclude_images
from .error_responses import NO_VISION
from .errors import (
    ConversationTooLong,
    ImageRejected,
    InferenceError,
    ModelNotAllowed,
    ModelNotOffered,
    RequestRefused,
    ServiceFailed,
    ServiceUnavailable,
    TextBlocked,
)
from .firewall import rewrite
from .model_names import other_spelling
from .payload import image_urls, requested_tokens
from .prepared import (
    PreparedRequest,
    answer_tokens,
    fit_window,
    has_sampling,
    turn_off_sampling,
    turn_off_thinking,
    turn_off_vision,
)
from .token_limits import named_output_limit, overflow_counts
from .types import Adapted

MAX_SHORTENINGS = 2
MAX_LOWERED_LIMITS = 2
KEPT_SHARE = 0.75  # of the tokens, when the service does not report how many are too many
SPARE_TOKENS = 16  # between what the service counted and its window
MIN_WINDOW = 2_048  # tokens; a smaller number is no window of a model that chats
MIN_ROOM = 2_048  # tokens; an answer with less room is worth leaving out old turns

OTHER_FIELD: dict[TokenField, TokenField] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
THINKING = re.compile(r"thinking|reasoning|budget_tokens", re.IGNORECASE)
# Claude models after 4.6 name the other form, and other servers don't know the field.
OTHER_FORM = re.compile(
    r"adaptive|effort|(?:unrecognized|unknown|unexpected|extra)\b", re.IGNORECASE
)
UNSUPPORTED = re.compile(r"not support|unsupported|unrecognized|unknown|unexpected", re.IGNORECASE)
SAMPLING = re.compile(r"temperature|top_p", re.IGNORECASE)
# Some services ask for thinking before tool calls even while thinking is off.
TOOLS = re.compile(r"tool|thinking", re.IGNORECASE)
CONTEXT = re.compile("context", re.IGNORECASE)  # for input and answer; a limit of the prompt isn't
TOKEN_FIELD = re.compile(r"max_(?:completion_)?tokens", re.IGNORECASE)


def adapt(prepared: PreparedRequest, error: InferenceError) -> PreparedRequest | None:
    """Return a changed request that may succeed after `error`, None when no change helps."""
    match error:
        case TextBlocked():
            return _rewrite(prepared)
        case ConversationTooLong():
            return _shorten(prepared, error.detail)
        case ModelNotOffered() | ModelNotAllowed():
            return _respell(prepared)
        case ImageRejected() if NO_VISION.search(error.detail) and image_urls(prepared.request):
            changed = turn_off_vision(prepared)
            return replace(changed, learned=replace(changed.learned, vision="off"))
    return _change_fields(prepared, error.detail) if type(error) is RequestRefused else None


def leave_out_suspects(prepared: PreparedRequest, error: InferenceError) -> PreparedRequest | None:
    """Return the request without the next part that may be why the service fails with it.

    For failures that came again and name no cause: images first, then tool calls, then thinking
    and sampling. None when the error has another cause, or nothing is left to suspect.
    """
    is_nameless = type(error) in (RequestRefused, ServiceFailed, ServiceUnavailable)
    is_too_large = isinstance(error, ConversationTooLong)
    request = prepared.request
    if error.retry_after is not None or not (is_nameless or is_too_large):
        return None
    if images := len(image_urls(request)):
        change, request = Adapted("images_suspected", images), exclude_images(request, images)
    elif is_too_large:
        return None
    elif request.tools or has_calls(request):
        change, request = Adapted("tools_off"), spell_out_calls(request)
    elif request.thinking_budget is not None:
        change, request = Adapted("thinking_off"), replace(request, thinking_budget=None)
    elif has_sampling(request):
        change, request = Adapted("sampling_off"), replace(request, temperature=None, top_p=None)
    else:
        return None
    return replace(prepared, request=request, unproven=(*prepared.unproven, change))


def _change_fields(prepared: PreparedRequest, detail: str) -> PreparedRequest | None:
    request = prepared.request
    # "max_tokens must be greater than thinking.budget_tokens" names both: it is about thinking.
    if request.thinking_budget is not None and THINKING.search(detail):
        return _change_thinking(prepared, detail)
    if lowered := _lower_limit(prepared, detail):
        return lowered
    if has_sampling(request) and SAMPLING.search(detail):
        changed = turn_off_sampling(prepared)
        return replace(changed, learned=replace(changed.learned, sampling="off"))
    if not prepared.field_switched and TOKEN_FIELD.search(detail):
        other = OTHER_FIELD[prepared.token_field]
        learned = replace(prepared.learned, token_field=other)
        return replace(prepared, token_field=other, field_switched=True, learned=learned)
    if request.tools and TOOLS.search(detail):
        return replace(prepared, request=spell_out_calls(request)).with_change("tools_off")
    return None


def _change_thinking(prepared: PreparedRequest, detail: str) -> PreparedRequest:
    """Ask to think in the other form where the service names it, else not at all."""
    if prepared.thinking_form == "budget" and OTHER_FORM.search(detail):
        learned = replace(prepared.learned, thinking="effort")
        return replace(prepared, thinking_form="effort", learned=learned)
    changed = turn_off_thinking(prepared)
    # A refusal may be about this conversation only: what was learned must be about the model.
    if UNSUPPORTED.search(detail) and not has_calls(prepared.request):
        changed = replace(changed, learned=replace(changed.learned, thinking="off"))
    elif changed.learned.thinking:
        changed = replace(changed, learned=replace(changed.learned, thinking=None))
    return changed


def _lower_limit(prepared: PreparedRequest, detail: str) -> PreparedRequest | None:
    """Ask for the number of tokens that the service named, and keep it for later requests."""
    limit = named_output_limit(detail, requested_tokens(prepared.request, prepared.max_output))
    if limit is None or prepared.limits_lowered == MAX_LOWERED_LIMITS:
        return None
    learned = replace(prepared.learned, max_output=limit)
    return _limited(replace(prepared, learned=learned), limit)


def _limited(prepared: PreparedRequest, limit: int) -> PreparedRequest:
    lowered = replace(prepared, max_output=limit, limits_lowered=prepared.limits_lowered + 1)
    return lowered.with_change("output_limited", limit)


def _respell(prepared: PreparedRequest) -> PreparedRequest | None:
    other = other_spelling(prepared.request.model)
    if prepared.respelled or other is None:
        return None
    return rename(prepared, other)


def rename(prepared: PreparedRequest, model_id: str) -> PreparedRequest:
    """Return the request for the same model under another id."""
    return replace(
        prepared,
        request=replace(prepared.request, model=model_id),
        learned=replace(prepared.learned, sent_as=model_id),
        respelled=True,
    )


def _rewrite(prepared: PreparedRequest) -> PreparedRequest | None:
    request = rewrite(prepared.request)
    if prepared.rewritten or request is prepared.request:
        return None
    return replace(prepared, request=request, rewritten=True).with_change("text_rewritten")


def _shorten(prepared: PreparedRequest, detail: str) -> PreparedRequest | None:
    counts = overflow_counts(detail)
    if counts is None and (lowered := _lower_limit(prepared, detail)):
        return lowered
    if prepared.shortenings == MAX_SHORTENINGS:
        return None
    prepared = replace(prepared, shortenings=prepared.shortenings + 1)
    estimated = estimate(prepared.request)
    if counts is None:
        return fit_window(prepared, int(estimated * KEPT_SHARE) + prepared.request.max_tokens)
    window = min(counts.window, prepared.window or counts.window)
    if counts.is_lasting and MIN_WINDOW <= window != prepared.window:
        learned = replace(prepared.learned, context_window=window)
        prepared = replace(prepared, window=window, learned=learned)
    room = window - counts.input - SPARE_TOKENS
    answer = requested_tokens(prepared.request, prepared.max_output)
    if min(answer, MIN_ROOM) <= room < answer:
        return _limited(prepared, room)
    fitted = fit_window(prepared, window, counts.input / estimated)
    if fitted is None or not CONTEXT.search(detail):
        return fitted
    reserve = min(answer_tokens(prepared.request), window // ANSWER_SHARE)
    return replace(fitted, max_output=min(reserve, answer))
