"""Many replies at once: the questions, what came of them, and what it cost."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tests.bench.crowd import Member, Plan, Result, crowd
from tests.bench.harness import SLACK_SECONDS, Model
from tests.bench.model import prompt
from tests.bench.usage import Usage, tree_seconds, wait_until_idle, watched

RATE = 50  # tokens a second and reply
TOKENS = 1000  # of each reply
SENDS_A_SECOND = 50
SERVERS, HARNESS = 0, 1  # cores


@dataclass(frozen=True, slots=True)
class Work:
    """What a run asks for; without a `ramp`, so many questions a second."""

    tokens: int = TOKENS  # of each reply
    ramp: float = 0.0  # seconds over which the questions are spread
    slack: float = SLACK_SECONDS  # that the last reply may take beyond its pace


STEADY = Work()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one reply is asked for and followed."""

    listens_to: str
    sends_to: str = ""
    cookie: str = ""


@dataclass(frozen=True)
class Load:
    """What came of one run. Every time is in seconds of CLOCK_MONOTONIC."""

    sent: dict[str, list[float]]  # by run: when each token left the model
    result: Result
    servers: Usage
    harness: Usage
    tokens: int = TOKENS  # of each reply
    stores_cpu: float = 0.0  # seconds, of a database and Redis, from the first question on

    @cached_property
    def window(self) -> tuple[float, float]:
        """Return the times between which all replies run: the last has begun, none has ended."""
        whole = [times for times in self.sent.values() if len(times) == self.tokens]
        return max(times[0] for times in whole), min(times[-1] for times in whole)

    @property
    def incomplete(self) -> int:
        """Return how many replies did not come whole."""
        seen = self.result.seen
        return sum(len(seen[run]) < self.tokens for run in self.sent)

    @property
    def waits(self) -> list[float]:
        """Return the ms from each question to its first token, infinity if that never came."""
        seen, asked = self.result.seen, self.result.asked
        return [(seen[run][0] - asked[run]) * 1000 if seen[run] else math.inf for run in self.sent]

    @property
    def delays(self) -> list[float]:
        """Return the delays of the tokens that left while all replies ran, in ms."""
        begin, end = self.window
        return [
            (here - left) * 1000
            for run, times in self.sent.items()
            for left, here in zip(times, self.result.seen[run], strict=False)
            if begin <= left <= end
        ]

    @property
    def all_delays(self) -> list[float]:
        """Return the delays of all tokens, in ms."""
        pairs = (zip(s, self.result.seen[run], strict=False) for run, s in self.sent.items())
        return [(here - left) * 1000 for pair in pairs for left, here in pair]

    @property
    def cpu(self) -> float:
        """Return the ms of CPU of the servers per 1,000 tokens, while all replies ran."""
        used, begin, end = self.servers.cpu_within(*self.window)
        count = sum(begin <= left <= end for times in self.sent.values() for left in times)
        return used / count * 1_000_000

    @property
    def whole_cpu(self) -> float:
        """Return the same from the first question to the last title, with the stores."""
        return (self.servers.cpu + self.stores_cpu) / self._thousands * 1000

    @property
    def cpu_per_reply(self) -> float:
        """Return the ms of CPU that `whole_cpu` counts for each reply."""
        return (self.servers.cpu + self.stores_cpu) / len(self.sent) * 1000

    @property
    def harness_cpu(self) -> str:
        tabs, model_server = self.result.cpu, self.harness.cpu
        return (
            f"the harness itself: tabs {tabs / self._thousands * 1000:.0f} ms, "
            f"model {model_server / self._thousands * 1000:.0f} ms"
        )

    @property
    def _thousands(self) -> float:
        return sum(map(len, self.sent.values())) / 1000


def load(
    kind: Literal["app", "floor"],
    places: Sequence[Place],
    bench_model: Model,
    *servers: int,
    work: Work = STEADY,
    stores: Sequence[int] = (),
) -> Load:
    """Ask for one reply at each place and wait until all have ended and the servers are idle.

    `servers` are the processes whose CPU counts; of `stores`, all processes below count too.
    """
    runs = [bench_model.new_run() for _ in places]
    members = [
        Member(place.listens_to, place.sends_to, place.cookie, run, prompt(run, work.tokens, RATE))
        for place, run in zip(places, runs, strict=True)
    ]
    ramp = work.ramp or len(places) / SENDS_A_SECOND
    plan = Plan(kind, members, ramp, ramp + work.tokens / RATE + work.slack)
    stores_cpu = sum(map(tree_seconds, stores))
    with (
        watched(*servers) as used,
        watched(bench_model.pid) as model_used,
        crowd(plan, HARNESS) as process,
    ):
        assert process.stdout
        result = Result(**json.loads(process.stdout.readline()))
        wait_until_idle(*servers)
    stores_cpu = sum(map(tree_seconds, stores)) - stores_cpu
    sent = {run: bench_model.sent_so_far(run) for run in runs}
    return Load(sent, result, used, model_used, work.tokens, stores_cpu)
