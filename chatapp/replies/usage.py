"""What a reply cost in tokens: as the service told, or estimated for calls that ended too early."""

from dataclasses import dataclass, field
from itertools import zip_longest

from chatapp.conversations.models import Message, Progress, TokenUsage
from chatapp.inference import CompletionRequest, Usage
from chatapp.inference.context_window import estimate, estimate_text


@dataclass(slots=True)
class Call:
    """One request for a reply, which had so many characters of text and reasoning before it."""

    request: CompletionRequest
    text_before: int = 0
    reasoning_before: int = 0
    tools: list[str] = field(default_factory=list)  # names and arguments of those that it called
    usage: Usage | None = None

    def token_usage(self, text: str, reasoning: str) -> TokenUsage:
        """The tokens of this call, when the reply had grown to this; nothing said, nothing billed.
        Slow for a long request: for a thread."""
        if self.usage:
            return TokenUsage(self.usage.prompt_tokens, self.usage.completion_tokens)
        said = reasoning[self.reasoning_before :] + text[self.text_before :] + "".join(self.tools)
        if not said:
            return TokenUsage()
        return TokenUsage(estimate(self.request), estimate_text(said), usage_is_estimated=True)


def token_usage(reply: Message, calls: list[Call], progress: Progress) -> TokenUsage:
    """All that was spent on a reply: what its row holds already, and these calls."""
    total = reply.token_usage
    for call, after in zip_longest(calls, calls[1:]):
        text_end = after.text_before if after else len(progress.text)
        reasoning_end = after.reasoning_before if after else len(progress.reasoning)
        this = call.token_usage(progress.text[:text_end], progress.reasoning[:reasoning_end])
        total = _sum(total, this)
    return total


def count_lost_call(reply: Message, request: CompletionRequest) -> None:
    """Counts a call whose process died with what it knew: `request` asks to go on after it.

    Earlier calls of that process since the tools ran are lost too, and so is what thinking cost
    without a word after.
    """
    tool_calls = reply.shown_tool_calls
    counted = (
        tool_calls[-1].text_length if tool_calls else 0
    )  # with the calls that were made after it
    overlap = reply.resume_positions[-1] if reply.resume_positions else 0
    begun = overlap if counted < overlap < len(reply.text) else counted
    lost = Call(request, begun, len(reply.reasoning) if tool_calls else 0)
    reply.token_usage = _sum(reply.token_usage, lost.token_usage(reply.text, reply.reasoning))


def _sum(one: TokenUsage, other: TokenUsage) -> TokenUsage:
    return TokenUsage(
        _add(one.prompt_tokens, other.prompt_tokens),
        _add(one.completion_tokens, other.completion_tokens),
        one.usage_is_estimated or other.usage_is_estimated,
    )


def _add(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
