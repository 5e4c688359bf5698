"""Tokens that a reply used: as the service reported, or estimated for requests that ended early."""

from dataclasses import dataclass, field
from itertools import zip_longest

from chatapp.conversations.models import Message, Progress, TokenUsage
from chatapp.inference import CompletionRequest, Usage
from chatapp.inference.context_window import estimate, estimate_text


@dataclass(slots=True)
class ModelRequest:
    """One request for a reply, and the characters of text and reasoning that came before it."""

    request: CompletionRequest
    text_before: int = 0
    reasoning_before: int = 0
    tool_calls: list[str] = field(default_factory=list)  # names and arguments of those it made
    usage: Usage | None = None

    def token_usage(self, text: str, reasoning: str) -> TokenUsage:
        """Return its tokens, given the reply's text and reasoning after it; no output costs none.

        Slow for a long request: call it in a thread.
        """
        if self.usage:
            return TokenUsage(self.usage.prompt_tokens, self.usage.completion_tokens)
        output = reasoning[self.reasoning_before :] + text[self.text_before :]
        output += "".join(self.tool_calls)
        if not output:
            return TokenUsage()
        return TokenUsage(estimate(self.request), estimate_text(output), usage_is_estimated=True)


def total(reply: Message, requests: list[ModelRequest], progress: Progress) -> TokenUsage:
    """Return the tokens that the reply's row holds already, plus those of these requests."""
    tokens = reply.token_usage
    for request, after in zip_longest(requests, requests[1:]):
        text_end = after.text_before if after else len(progress.text)
        reasoning_end = after.reasoning_before if after else len(progress.reasoning)
        used = request.token_usage(progress.text[:text_end], progress.reasoning[:reasoning_end])
        tokens = _sum(tokens, used)
    return tokens


def count_lost_request(reply: Message, request: CompletionRequest) -> None:
    """Count a request whose process crashed; `request` is the one that resumes after it.

    Earlier requests of that process since the last tool calls are lost too, and so is the price
    of reasoning without text after it.
    """
    tool_calls = reply.shown_tool_calls
    # The text up to the last tool calls was counted with them.
    counted = tool_calls[-1].text_length if tool_calls else 0
    resumed = reply.resume_positions[-1] if reply.resume_positions else 0
    begun = resumed if counted < resumed < len(reply.text) else counted
    lost = ModelRequest(request, begun, len(reply.reasoning) if tool_calls else 0)
    reply.token_usage = _sum(reply.token_usage, lost.token_usage(reply.text, reply.reasoning))


def _sum(one: TokenUsage, other: TokenUsage) -> TokenUsage:
    return TokenUsage(
        _add(one.prompt_tokens, other.prompt_tokens),
        _add(one.completion_tokens, other.completion_tokens),
        one.usage_is_estimated or other.usage_is_estimated,
    )


def _add(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
