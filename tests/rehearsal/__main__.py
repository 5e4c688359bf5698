"""Run the whole rehearsal, with a line for each step and a table at the end."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.rehearsal.addons import MAX_CONNECTIONS, is_complete
from tests.rehearsal.dyno import MEMORY_MB
from tests.rehearsal.rehearsal import Rehearsal, rehearsing

FREE = MAX_CONNECTIONS - 1  # one is left for whoever comes to look


def main() -> None:
    if not is_complete():
        sys.exit("A rehearsal needs PostgreSQL 15, Redis 7, git and Chromium.")
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    print(f"Logs in {folder}")
    with rehearsing(folder, anew=True) as rehearsal:
        for step in steps(rehearsal):
            began = time.monotonic()
            step()
            print(
                f"{time.monotonic() - began:6.1f} s  {step.__name__.replace('_', ' ')}",
                flush=True,
            )
        if not report(rows(rehearsal)):
            sys.exit(1)


def steps(rehearsal: Rehearsal) -> list[Callable[[], None]]:
    return [
        rehearsal.deploy,
        rehearsal.claim,
        rehearsal.talk,
        rehearsal.crowd,
        rehearsal.stay_silent,
        rehearsal.push_again,
        rehearsal.push_a_broken_migration,
        rehearsal.restart,
        rehearsal.examine,
        rehearsal.lose_pieces,
        rehearsal.note_one_dyno,
        rehearsal.back_up_and_restore,
        rehearsal.scale,
        rehearsal.attach,
        rehearsal.type_the_rest,
    ]


class Row(NamedTuple):
    """A figure; one above `most` fails the rehearsal."""

    name: str
    value: float
    unit: str
    most: float = float("inf")


def rows(rehearsal: Rehearsal) -> list[Row]:
    figures, (replies, lost) = rehearsal.platform.figures, rehearsal.replies()
    return [
        Row("Build", rehearsal.build_seconds, "s"),
        Row("Boot, the slowest", figures.boot_seconds, "s", 10),
        Row("Memory of the dyno after 100 replies", rehearsal.memory_mb, "MB", 200),
        Row("Memory of a dyno, the most", figures.memory_mb, "MB", MEMORY_MB),
        Row("Postgres connections, the most with one dyno", rehearsal.connections, "", FREE),
        Row("Postgres connections, the most with three", figures.postgres, "", FREE),
        Row("Redis connections, the most", figures.redis, "", FREE),
        Row("From SIGTERM to the end, the longest", figures.end_seconds, "s", 25),
        Row("Dynos that had to be killed", len(figures.killed), "", 0),
        Row("Replies", replies, ""),
        Row("Replies lost", len(lost), "", 0),
    ]


def report(rows: list[Row]) -> bool:
    """Print a table; return whether every figure is within its limit."""
    print()
    for name, value, unit, most in rows:
        number = f"{value:.1f}" if unit == "s" else f"{value:.0f}"
        too_much = f"   at most {most:.0f}" if value > most else ""
        print(f"{name:46} {number:>8} {unit:2}{too_much}")
    return all(row.value <= row.most for row in rows)


if __name__ == "__main__":
    main()
