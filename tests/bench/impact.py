"""What other people notice while one reply is a bomb, and what that may be at most."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.figures import quantile

MAX_TOKEN_DELAY = 150.0  # ms, p99, from the model to the neighbour's socket
MAX_REQUEST = 300.0  # ms, the slowest of the visitor's pages
MAX_GROWTH = 100.0  # MB of the web process
NOISE = 3  # times what was measured without a bomb is what a noisy machine may add
ENDS = ("complete", "waiting")  # "waiting": for the approval of a call

COLUMNS = (
    *("Bomb", "Size", "Token delay p99 / max, ms", "Slowest request, ms", "Slowest end, ms"),
    *("Memory, MB", "Children, MB", "CPU, s", "Of others, s", "Seconds", "End"),
    *("HTML, KB", "Page, KB", "Page, s", "State"),
)
HEAD = f"| {' | '.join(COLUMNS)} |\n{'| --- ' * len(COLUMNS)}|"


@dataclass(slots=True, kw_only=True)
class Impact:
    """Times are in seconds where nothing else is said."""

    bomb: str
    size: int  # characters
    seed: int
    rate: float = 0.0  # deltas a second, 0 for full speed
    delays: Sequence[float] = ()  # of the neighbour's tokens, in ms
    requests: Sequence[float] = ()  # of the visitor's pages, in ms
    ends: Sequence[float] = ()  # of the asker's replies, in ms after their last token; only told
    failures: list[str] = field(default_factory=list)
    before_mb: float = 0.0
    peak_mb: float = 0.0
    children_mb: float = 0.0
    cpu: float = 0.0  # of the web process
    foreign: float = 0.0  # of others on the server's core, who have nothing to do with the app
    seconds: float = 0.0
    end: str = ""  # the status of the reply
    html: int = 0  # characters of the HTML that was kept
    page_bytes: int = 0
    page_seconds: float = 0.0
    state: int = 0  # HTTP status of the state endpoint

    @property
    def p99(self) -> float:
        return quantile(self.delays, 0.99) if self.delays else float("inf")

    @property
    def slowest(self) -> float:
        return max(self.requests, default=float("inf"))

    @property
    def growth(self) -> float:
        return self.peak_mb - self.before_mb

    def misses(self, calm: "Impact") -> list[str]:
        """What is above its limit; `calm` is the same without a bomb. What others took of the
        core may all have been taken at the worst moment."""
        delay = max(MAX_TOKEN_DELAY, NOISE * calm.p99) + self.foreign * 1000
        request = max(MAX_REQUEST, NOISE * calm.slowest) + self.foreign * 1000
        return [
            *self.failures,
            *([f"tokens came {self.p99:.0f} ms late"] if self.p99 > delay else []),
            *([f"a page took {self.slowest:.0f} ms"] if self.slowest > request else []),
            *([f"memory grew by {self.growth:.0f} MB"] if self.growth > MAX_GROWTH else []),
            *([f"the reply is {self.end or 'nowhere'}"] if self.end not in ENDS else []),
            *([f"its state answers {self.state}"] if self.state != 200 else []),
        ]

    @property
    def line(self) -> str:
        cells = (
            self.bomb.replace("|", "¦"),
            f"{self.size:,}",
            f"{self.p99:.0f} / {max(self.delays, default=float('inf')):.0f}",
            f"{self.slowest:.0f}",
            f"{max(self.ends, default=0):.0f}",
            f"{self.before_mb:.0f} → {self.peak_mb:.0f}",
            f"{self.children_mb:.0f}",
            f"{self.cpu:.2f}",
            f"{self.foreign:.2f}",
            f"{self.seconds:.1f}",
            " ".join([self.end, *self.failures]),
            f"{self.html / 1000:.0f}",
            f"{self.page_bytes / 1000:.0f}",
            f"{self.page_seconds:.2f}",
            str(self.state),
        )
        return f"| {' | '.join(cells)} |"

    @property
    def replay(self) -> str:
        """The command that does the same again."""
        options = f"--sizes {self.size} --seed {self.seed} --rate {self.rate:g}"
        return f"python -m tests.bench.neighbours {options} {shlex.quote(self.bomb)}"
