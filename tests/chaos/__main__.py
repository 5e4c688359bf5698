"""The chaos run: does a reply survive tabs, lines, deploys, kills and databases that go away?

`make chaos` plays it and writes `docs/reliability.md`; it ends with 1 when a rule was broken.

    CHAOS_MINUTES=30     how long conversations begin and things break
    CHAOS_SEED=1         draws who says what, what breaks when, and how (the machine's own timing
                         is not in it: a seed gives the same plan, not the same microseconds)
    CHAOS_KILLS=100      afterwards: so many processes killed among many running replies, 0 for none
    CHAOS_POINTS=1       at last: a process killed at every point of a call; 0: none

Real app processes share a real PostgreSQL and Redis behind a proxy that knows nothing of sessions
(`instance.py`). A model of our own says numbered words that follow from a question alone, and
stalls, refuses, breaks off and calls tools when the question says so (`model.py`, which also counts
the runs of tools). People hold conversations (`conversation.py`) on pages (`tab.py`) that do over
HTTP and the socket what the browser's scripts do: `reply_text.py` and `articles.py` are
`patches.js` and `thread.js` once more. They stop, reload, open second pages, press Retry and
Continue, and decide whether a tool may act. Meanwhile `faults.py` kills, restarts, stalls and cuts.
`record.py` is what all of them write down, `checker.py` and `tools.py` the rules, `report.py` the
page.

A short form of the same runs in `make test` (`test_chaos.py`), where faults are also planted into
its record: the checker has to find each.
"""

import os
import pickle
import sys
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()  # the checker renders texts as the app does

from tests.chaos import plan  # noqa: E402
from tests.chaos.checker import violations  # noqa: E402
from tests.chaos.report import REPORT, Part, markdown  # noqa: E402
from tests.chaos.run import play  # noqa: E402
from tests.tool_calls.report import Played, breaches, play_all  # noqa: E402


def main() -> int:
    seed = int(os.environ.get("CHAOS_SEED", "1"))
    minutes = float(os.environ.get("CHAOS_MINUTES", "30"))
    count = int(os.environ.get("CHAOS_KILLS", "100"))
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    print(f"Seed {seed}, logs in {folder}", flush=True)
    plans = [("Everything breaks", plan.full(seed, minutes))] if minutes else []
    plans += [("Kills in mid-reply", plan.kills(seed, count))] if count else []
    parts = []
    for name, wanted in plans:
        place = folder / name.replace(" ", "-").lower()
        place.mkdir()
        print(f"\n{name}", flush=True)
        record = play(wanted, place)
        (place / "record.pickle").write_bytes(pickle.dumps(record))
        parts.append(Part(name, wanted, record, violations(record, wanted.recovery_seconds)))
        for violation in parts[-1].violations:
            print(violation, flush=True)
    played = play_points(folder)
    REPORT.write_text(markdown(parts, played))
    broken = sum(len(part.violations) + len(part.missing) for part in parts)
    broken += len(breaches(played))
    print(f"{broken} violations; the report is in {REPORT}" if broken else "All rules hold")
    return 1 if broken else 0


def play_points(folder: Path) -> Played:
    if os.environ.get("CHAOS_POINTS") == "0":
        return []
    print("\nKills at every point of a call", flush=True)
    place = folder / "points"
    place.mkdir()
    return play_all(place)


if __name__ == "__main__":
    sys.exit(main())
