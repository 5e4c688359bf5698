"""Count what was used of the quota within the last minute. No clock of its own."""

from collections.abc import Iterator

STEPS = 240  # in a window; what was used in the same step is one number
# Calls don't arrive at the service at the same distances at which they were made.
MARGIN = 1 / 120  # of a window
MAX_AHEAD_SECONDS = 2.0  # by which the clocks of two processes may differ


class Window:
    """Hold requests and tokens by step of time. A use counts until its whole step is too old."""

    def __init__(self, seconds: float, uses: list[list[int]] | None = None) -> None:
        self.seconds = seconds
        self._step = seconds / STEPS
        self._uses = {step: [requests, tokens] for step, requests, tokens in uses or ()}

    @property
    def uses(self) -> list[list[int]]:
        """Return the step, the requests and the tokens of each use."""
        return [[step, *amounts] for step, amounts in self._uses.items()]

    @property
    def requests(self) -> int:
        return sum(amounts[0] for amounts in self._uses.values())

    @property
    def tokens(self) -> int:
        return sum(amounts[1] for amounts in self._uses.values())

    def add(self, at: float, requests: int, tokens: int) -> None:
        """Count a use; with negative numbers, take back a part of what was counted at this time."""
        amounts = self._uses.setdefault(int(at / self._step), [0, 0])
        amounts[0] = max(0, amounts[0] + requests)
        amounts[1] = max(0, amounts[1] + tokens)

    def forget(self, now: float) -> None:
        """Drop the uses that don't count any more, and those of a clock that was ahead."""
        last = int((now + MAX_AHEAD_SECONDS) / self._step)
        wrong = [step for step in self._uses if self._end(step) <= now or step > last]
        for step in wrong:
            del self._uses[step]

    def releases(self) -> Iterator[tuple[float, int, int]]:
        """Yield when a use stops counting, and its requests and tokens."""
        for step, (requests, tokens) in self._uses.items():
            yield self._end(step), requests, tokens

    def end_of(self, at: float) -> float:
        """Return when a use at this time stops counting."""
        return self._end(int(at / self._step))

    def scaled(self, share: float) -> "Window":
        """Return a window with a share of each use, rounded up."""
        return Window(
            self.seconds,
            [[step, -int(-r * share // 1), -int(-t * share // 1)] for step, r, t in self.uses],
        )

    def merge(self, other: "Window", before: list[list[int]]) -> None:
        """Count what was added to another window after it had these uses."""
        known = {step: (requests, tokens) for step, requests, tokens in before}
        for step, requests, tokens in other.uses:
            old_requests, old_tokens = known.get(step, (0, 0))
            self.add(step * self._step, requests - old_requests, tokens - old_tokens)

    def _end(self, step: int) -> float:
        return (step + 1) * self._step + self.seconds * (1 + MARGIN)
