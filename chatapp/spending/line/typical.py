"""Learn how many tokens calls really use. Reserving the most that they may would waste quota."""

from collections import defaultdict
from dataclasses import dataclass

from chatapp.inference import CompletionRequest, Usage
from chatapp.inference.context_window import estimate
from chatapp.inference.off_loop import off_loop
from chatapp.spending.line.rules import Tokens

FIRST_OUTPUT = 400.0  # tokens, until calls have ended
NEWEST = 0.1  # the weight of the last call in the average
MIN_SCALE, MAX_SCALE = 0.3, 3.0  # the service's count / our estimate


@dataclass(slots=True)
class _Averages:
    output: float = FIRST_OUTPUT
    scale: float = 1.0


class TypicalUse:
    """Estimate calls, by model and purpose."""

    def __init__(self) -> None:
        self._averages: defaultdict[tuple[str, int], _Averages] = defaultdict(_Averages)

    async def estimate(self, request: CompletionRequest, urgency: int) -> tuple[int, int]:
        """Return the tokens that a call will probably use for input and output."""
        averages = self._averages[request.model, urgency]
        tokens = await off_loop(request, estimate, request)
        most = request.max_tokens + (request.thinking_budget or 0)
        return round(tokens * averages.scale), min(most, round(averages.output))

    def learn(
        self, request: CompletionRequest, urgency: int, tokens_in: int, usage: Usage | None
    ) -> Tokens:
        """Learn from a call that has ended; return what to count."""
        if usage is None:
            return Tokens()
        averages = self._averages[request.model, urgency]
        averages.output += NEWEST * (usage.completion_tokens - averages.output)
        if tokens_in and usage.prompt_tokens:
            scale = averages.scale * usage.prompt_tokens / tokens_in
            averages.scale += NEWEST * (scale - averages.scale)
            averages.scale = min(MAX_SCALE, max(MIN_SCALE, averages.scale))
        return Tokens(usage.prompt_tokens, usage.completion_tokens)
