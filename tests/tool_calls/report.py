"""Write the result at every point into `docs/reliability.md`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tests.tool_calls.arranging import Case
from tests.tool_calls.environment import postgres_environment
from tests.tool_calls.killing import Result, expected, play
from tests.tool_calls.points import POINTS

HEAD = """\
The process that makes a reply is killed while something outside of it is held: the model, the
tool, or the write to the database. Then the other process takes over, or the same one after a
restart. The tools act in a process that outlives both, which counts.
"""
COLUMNS = ("The process dies while", "Calls then", "The person", "Calls in the end", "Runs")
DECISIONS = {"allow": "is asked, and allows it", "deny": "is asked, and denies it"}

type Played = Sequence[tuple[Case, Result]]


def play_all(folder: Path) -> Played:
    """Play all points, one reply at a time."""
    return asyncio.run(_play(folder))


def lines(played: Played) -> list[str]:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(case, result) for case, result in played)]
    table = [f"| {' | '.join(row)} |" for row in rows]
    broken = breaches(played)
    return [HEAD, *table, "", *([f"- {one}" for one in broken] or ["No rule was broken."])]


def breaches(played: Played) -> list[str]:
    return [f"{case.point.name}: {result}" for case, result in played if result != expected(case)]


async def _play(folder: Path) -> Played:
    async with (
        postgres_environment(folder, CHAT_HAND_OVER_SECONDS="1") as environment,
        environment.instance(2) as instance,
    ):
        return await play(instance, POINTS, together=1)


def _row(case: Case, result: Result) -> tuple[str, ...]:
    return (
        case.point.name,
        ", ".join(result.left) or "there is none yet",
        DECISIONS[case.point.decision] if result.asked else "",
        ", ".join(result.ends),
        ", ".join(f"{count}×" for count in result.runs),
    )
