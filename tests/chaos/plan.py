"""Plan a run: how many pages, how long, which faults and how often."""

import random
from dataclasses import dataclass, replace

from tests.chaos.question import Question
from tests.chaos.words import text

# Each round has all of these, in an order that the seed decides.
ROUND = (
    *("kill -9", "kill -9", "SIGTERM and restart", "sockets cut", "Redis restarted"),
    *("Redis stalled", "Postgres restarted", "Postgres crashed", "Postgres stalled"),
)
MINUTE = 6.0  # seconds, for the model's quota and the line of the app
TOOLS = (("look",), ("act",), ("look", "look"), ("act", "look"))


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    seconds: float  # during which conversations begin and faults happen
    kills: int = 0  # or until so many processes were killed in mid-reply
    rounds: int = 0  # or until so many rounds of faults are over
    processes: int = 3
    people: int = 10
    at_once: int = 20  # conversations
    turns: tuple[int, int] = (2, 5)  # messages in a conversation
    words: tuple[int, int] = (80, 500)  # of a reply
    rate: float = 22.0  # pieces a second; a word is about two
    round: tuple[str, ...] = ROUND
    pause: tuple[float, float] = (4.0, 9.0)  # seconds between two faults
    haste: float = 1.0  # divides the time for which something is away
    hand_over: float = 18.0  # seconds for which a process that leaves goes on with its replies
    stop: float = 0.12  # shares of the replies that a person stops,
    reload: float = 0.2  # reads on after a reload,
    second: float = 0.25  # and of the turns after which a second page is opened
    change: float = 0.4  # of those after which a version is made, shown, copied or deleted
    browser: bool = False  # whether a real one reads along
    model: float = 0.25  # of the replies in which something is wrong with the model,
    tools: float = 0.4  # and of those in which it calls tools
    spenders: int = 2  # processes that spend from a cap beside, and are killed
    quota: int = 0  # requests that the model allows in a MINUTE, 0 for any number
    recovery_seconds: float = 15.0  # after kill -9, until every reply shows new text

    def question(self, run: str, chance: random.Random) -> Question:
        asked = self._question(run, chance)
        if chance.random() >= self.tools:
            return asked
        return replace(asked, calls=_calls(text(run, asked.words), chance))

    def _question(self, run: str, chance: random.Random) -> Question:
        words = chance.randint(*self.words)
        rate = round(self.rate * chance.uniform(0.7, 1.4), 1)
        if chance.random() >= self.model:
            return Question(run, words, rate)
        length = len(text(run, words))
        places = sorted(chance.randint(1, length - 1) for _ in range(3))
        return chance.choice(
            (
                Question(run, words, rate, refuse=(429,)),
                Question(run, words, rate, refuse=(500,)),
                Question(run, words, rate, refuse=(500,), cut=tuple(places[:1])),
                Question(run, words, rate, cut=tuple(places[:1])),
                Question(run, words, rate, cut=tuple(places[:2])),
                Question(run, words, rate, cut=tuple(places)),
                Question(run, words, rate, stall=((places[0], round(chance.uniform(2, 7), 1)),)),
            )
        )

    def faults(self) -> list[str]:
        """Return the faults of one round, in their order."""
        return random.Random(f"{self.seed} faults").sample(self.round, len(self.round))


def _calls(whole: str, chance: random.Random) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """One or two rounds of calls, each within a word: a text begins and ends with a letter."""
    places = [at for at in range(1, len(whole)) if whole[at - 1 : at + 1].isalnum()]
    rounds = sorted(chance.sample(places, chance.choice((1, 2))))
    return tuple((at, chance.choice(TOOLS)) for at in rounds)


def full(seed: int, minutes: float) -> Plan:
    return Plan(seed, minutes * 60, browser=True)


def short(seed: int) -> Plan:
    """Plan each fault once, in well under a minute."""
    return Plan(
        seed,
        seconds=60,
        rounds=1,
        processes=2,
        people=3,
        at_once=6,
        turns=(1, 2),
        words=(40, 120),
        round=tuple(dict.fromkeys(ROUND)),
        pause=(0.5, 1.0),
        haste=3.0,
        hand_over=3.0,
        tools=0.8,
        recovery_seconds=60,  # a machine that runs other tests beside takes its time
    )


def kills(seed: int, count: int) -> Plan:
    """Plan many short replies, and kill a process every few seconds."""
    return Plan(
        seed,
        seconds=count * 30,
        kills=count,
        processes=4,
        at_once=24,
        turns=(2, 3),
        words=(60, 140),
        round=("kill -9",),
        pause=(1.0, 2.0),
        haste=5.0,
        stop=0,
        reload=0,
        second=0,
        change=0,
        model=0,
        spenders=0,
    )


def one_quota(seed: int, seconds: float) -> Plan:
    """Plan more conversations than the model's quota allows, so that most replies wait in line."""
    return Plan(
        seed,
        seconds=seconds,
        people=6,
        at_once=24,
        turns=(1, 3),
        words=(20, 60),
        round=("kill -9", "SIGTERM and restart", "Redis restarted", "Redis stalled"),
        pause=(2.0, 5.0),
        hand_over=2.0,
        reload=0,
        second=0,
        change=0,
        model=0,
        tools=0.2,
        quota=30,
        recovery_seconds=60,
    )
