"""People who share one quota: what they send, a stand-in with the real quota, and what happened.

Several `ServiceLine`s are the processes of an instance; they share a store, or a real Redis. The
stand-in counts requests and tokens in an exact sliding window, refuses what doesn't fit with the
status 429, and reports what is left in its headers, as the service does. A `minute` may be shorter
than 60 seconds; everything else that takes time is as many times shorter.
"""

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from chatapp.inference import ChatMessage, CompletionRequest, Quota, RateLimits, Usage
from chatapp.inference.errors import RateLimited
from chatapp.replies.line import Call, Standing, Urgency
from chatapp.spending.line.service_line import ServiceLine

REQUESTS, TOKENS = 150, 800_000  # a minute
MODEL = "claude-sonnet-4-6"
LATENCY = (0.02, 0.2)  # seconds of a minute of 60 until a request arrives
DURATION = (2.0, 12.0)  # of an answer


@dataclass(slots=True)
class Service:
    """The stand-in. Input counts when a request arrives, output when the answer has ended."""

    minute: float = 60.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    requests: int = REQUESTS
    tokens: int = TOKENS
    refused: int = 0
    accepted: list[float] = field(default_factory=list)
    _uses: deque[tuple[float, int, int]] = field(default_factory=deque)

    async def answer(self, line: ServiceLine, tokens_in: int, tokens_out: int) -> Usage:
        scale = self.minute / 60
        await asyncio.sleep(self.chance.uniform(*LATENCY) * scale)
        requests, tokens = self._used()
        if requests + 1 > self.requests or tokens + tokens_in > self.tokens:
            self.refused += 1
            line.report(MODEL, self._limits())
            raise RateLimited(retry_after=self._until_room(tokens_in))
        self._use(1, tokens_in)
        self.accepted.append(asyncio.get_running_loop().time())
        line.report(MODEL, self._limits())
        await asyncio.sleep(self.chance.uniform(*DURATION) * scale)
        self._use(0, tokens_out)
        return Usage(tokens_in, tokens_out)

    def use_by_others(self, requests: int) -> None:
        self._use(requests, 0)

    def _until_room(self, tokens_in: int) -> float:
        requests, tokens = self._used()
        for at, fewer_requests, fewer_tokens in self._uses:
            requests, tokens = requests - fewer_requests, tokens - fewer_tokens
            if requests < self.requests and tokens + tokens_in <= self.tokens:
                return at + self.minute - asyncio.get_running_loop().time()
        return self.minute

    def _use(self, requests: int, tokens: int) -> None:
        self._uses.append((asyncio.get_running_loop().time(), requests, tokens))

    def _used(self) -> tuple[int, int]:
        while self._uses and self._uses[0][0] <= asyncio.get_running_loop().time() - self.minute:
            self._uses.popleft()
        return sum(use[1] for use in self._uses), sum(use[2] for use in self._uses)

    def _limits(self) -> RateLimits:
        requests, tokens = self._used()
        return RateLimits(
            Quota(self.requests, max(0, self.requests - requests), 1.0),
            Quota(self.tokens, max(0, self.tokens - tokens), 1.0),
        )


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that somebody sends, `at` seconds of the simulation."""

    at: float
    person: UUID
    tokens_in: int = 1_000
    tokens_out: int = 400
    urgency: Urgency = Urgency.REPLY


@dataclass(slots=True)
class Sent:
    sending: Sending
    asked_at: float = 0.0
    made_at: float = 0.0
    ended_at: float = 0.0
    refusals: int = 0
    error: Exception | None = None
    first: Standing | None = None  # what could be shown first
    standings: list[Standing] = field(default_factory=list)

    @property
    def waited(self) -> float:
        return self.made_at - self.asked_at


async def simulate(
    lines: Sequence[ServiceLine], service: Service, sendings: Sequence[Sending]
) -> list[Sent]:
    """Send everything, each over the next process, and return what happened."""
    sent = [Sent(sending) for sending in sendings]
    async with asyncio.TaskGroup() as tasks:
        for number, one in enumerate(sent):
            tasks.create_task(_send(lines[number % len(lines)], service, one))
    return sent


async def _send(line: ServiceLine, service: Service, sent: Sent) -> None:
    loop = asyncio.get_running_loop()
    sending = sent.sending
    await asyncio.sleep(sending.at)
    sent.asked_at = loop.time()

    async def make() -> Usage:
        sent.made_at = loop.time()
        try:
            return await service.answer(line, sending.tokens_in, sending.tokens_out)
        except RateLimited:
            sent.refusals += 1
            raise

    def show(standing: Standing | None) -> None:
        if standing:
            sent.first = sent.first or standing
            sent.standings.append(standing)

    request = CompletionRequest(MODEL, (estimated(sending.tokens_in),), max_tokens=8_192)
    call = Call(sending.person, request, sent.asked_at, make, sending.urgency, show=show)
    try:
        await line.go(call)
    except RateLimited as error:
        sent.error = error
    sent.ended_at = loop.time()


def estimated(tokens: int) -> ChatMessage:
    """Return a message that counts as so many tokens."""
    message = ChatMessage.from_text("user", "Hello")
    return ChatMessage(message.role, message.parts, tokens)


def bursts(people: int, minutes: float, seed: int = 1, minute: float = 60.0) -> list[Sending]:
    """Return what people send who together want more than the quota: bursts of all sizes."""
    chance, sendings = random.Random(seed), []
    names = [uuid4() for _ in range(people)]
    count = round(REQUESTS * minutes)
    while len(sendings) < count:
        person = chance.choice(names)
        at = chance.uniform(0, 0.4 * minutes * minute) if len(sendings) > REQUESTS else 0.0
        for _ in range(min(chance.choice((1, 1, 2, 5, 20, 60)), count - len(sendings))):
            sendings.append(
                Sending(at, person, chance.randint(200, 6_000), chance.randint(50, 1_200))
            )
    return sendings


def throughput(service: Service) -> float:
    """Return the share of the time that a perfect line would have taken."""
    last = (len(service.accepted) - 1) // service.requests * service.minute
    return last / (service.accepted[-1] - service.accepted[0])


def estimate_errors(sent: Sequence[Sent], minute: float = 60.0) -> list[float]:
    """Return how far the first estimates were off, as shares of the real wait."""
    waited = [one for one in sent if one.first and one.waited > minute / 30]
    return [abs(one.first.seconds - one.waited) / one.waited for one in waited if one.first]


def let_through_before(one: Sent, others: Sequence[Sent]) -> int:
    """Return how many of the others were let through while this one waited."""
    return sum(one.asked_at <= other.made_at < one.made_at for other in others)
