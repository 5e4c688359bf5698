"""Tokens that a reply used: as the service reported, or estimated for requests that ended early."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from chatapp.conversations.models import Message, Progress, TokenUsage
from chatapp.inference import CompletionRequest, Usage
from chatapp.inference.context_window import estimate, estimate_text
from chatapp.replies.accounting import Call, CallUsage, LostCall


@dataclass(slots=True)
class ModelRequest:
    """One request for a reply, and the characters of text and reasoning that came before it.

    A request that was refused and sent again in another form belongs to the same `call`.
    """

    request: CompletionRequest
    text_before: int = 0
    reasoning_before: int = 0
    tool_calls: list[str] = field(default_factory=list)  # names and arguments of those it made
    usage: Usage | None = None
    call: Call | None = None
    replaced_by: str = ""  # the model that answers instead of the one that was asked

    def call_usage(self, text: str, reasoning: str) -> CallUsage:
        """Return its tokens, given the reply's text and reasoning after it; no output costs none.

        Slow for a long request: call it in a thread.
        """
        if self.usage:
            return CallUsage.reported(self.usage)
        output = reasoning[self.reasoning_before :] + text[self.text_before :]
        output += "".join(self.tool_calls)
        if not output:
            return CallUsage()
        return CallUsage(
            estimate(self.request),
            estimate_text(output),
            is_estimated=True,
            model=self.replaced_by,
        )


class Counted(NamedTuple):
    """The tokens of a reply so far, and what each call among the last requests used."""

    tokens: TokenUsage
    calls: list[tuple[Call, CallUsage]]


def count(reply: Message, requests: list[ModelRequest], progress: Progress) -> Counted:
    """Add the tokens of these requests to those that the reply's row holds already."""
    tokens = reply.token_usage
    calls: dict[Call, CallUsage] = {}
    for request, after in zip_longest(requests, requests[1:]):
        text_end = after.text_before if after else len(progress.text)
        reasoning_end = after.reasoning_before if after else len(progress.reasoning)
        used = request.call_usage(progress.text[:text_end], progress.reasoning[:reasoning_end])
        tokens = _sum(tokens, used)
        if request.call:
            calls[request.call] = _together(calls.get(request.call), used)
    return Counted(tokens, list(calls.items()))


def lost_usages(reply: Message, lost: list[LostCall]) -> list[CallUsage]:
    """Return what each of these calls has written, as far as it was saved."""
    ends: Iterable[LostCall | None] = [*lost[1:], None]
    usages = []
    for call, after in zip(lost, ends, strict=True):
        text = reply.text[call.text_before : after.text_before if after else None]
        end = after.reasoning_before if after else None
        output = reply.reasoning[call.reasoning_before : end] + text
        used = CallUsage(call.input_tokens, estimate_text(output), is_estimated=True)
        usages.append(used if output else CallUsage())
    return usages


def add(reply: Message, usages: list[CallUsage]) -> None:
    """Add tokens to those of the reply, in memory."""
    for used in usages:
        reply.token_usage = _sum(reply.token_usage, used)


def count_lost_request(reply: Message, request: CompletionRequest) -> None:
    """Count a request of a crashed process that kept no ledger; `request` is the one that resumes
    after it.

    Earlier requests of that process since the last tool calls are lost too, and so is the price
    of reasoning without text after it.
    """
    tool_calls = reply.shown_tool_calls
    # The text up to the last tool calls was counted with them.
    counted = tool_calls[-1].text_length if tool_calls else 0
    resumed = reply.resume_positions[-1] if reply.resume_positions else 0
    begun = resumed if counted < resumed < len(reply.text) else counted
    lost = ModelRequest(request, begun, len(reply.reasoning) if tool_calls else 0)
    add(reply, [lost.call_usage(reply.text, reply.reasoning)])


def _sum(tokens: TokenUsage, used: CallUsage) -> TokenUsage:
    if not (used.input_tokens or used.output_tokens):
        return tokens
    return TokenUsage(
        (tokens.prompt_tokens or 0) + used.input_tokens,
        (tokens.completion_tokens or 0) + used.output_tokens,
        tokens.usage_is_estimated or used.is_estimated,
    )


def _together(one: CallUsage | None, other: CallUsage) -> CallUsage:
    """Return what two requests of one call used. The service refused all but the last."""
    if one is None:
        return other
    return CallUsage(
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
        one.cached_tokens + other.cached_tokens,
        one.thinking_tokens + other.thinking_tokens,
        one.is_estimated or other.is_estimated,
        other.model or one.model,
    )
