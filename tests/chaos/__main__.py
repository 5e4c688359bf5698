"""Run the chaos test: do replies survive closed tabs, lost connections, deploys, kills and outages?

`make chaos` runs it and writes `docs/reliability.md`. It exits with 1 when a rule was broken.

    CHAOS_MINUTES=30     how long people start conversations while things break
    CHAOS_SEED=1         decides who writes what, and what breaks when and how. The machine's timing
                         isn't part of it: a seed gives the same plan, not the same microseconds
    CHAOS_KILLS=100      then kill this many processes while many replies run; 0 to skip
    CHAOS_LINE=1         then let everybody share a small quota of the model; 0 to skip
    CHAOS_POINTS=1       last, kill a process at every point of a tool call; 0 to skip

Real app processes share a real PostgreSQL and Redis behind a proxy without sticky sessions
(`instance.py`). A stand-in model (`model.py`) answers each question with numbered words that depend
only on the question, and stalls, refuses, interrupts itself or calls tools when the question says
so. People hold conversations (`conversation.py`) on pages (`tab.py`), which do over HTTP and the
socket what the browser's scripts do: `reply_text.py` and `articles.py` reimplement `patches.js` and
`thread.js`. People stop, reload, open second pages, press Retry and Continue, and approve tool
calls. Beside them `caps.py` spends from a small cap. Meanwhile `faults.py` kills, restarts, stalls
and cuts. All of them write to a `record.py`, which `checker.py`, `tools.py`, `money.py` and
`line.py` check and `report.py` turns into a page.

`make test` runs a short form (`test_chaos.py`). It also plants violations in the record, each of
which the checker must find.
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
from tests.chaos.line import line_violations  # noqa: E402
from tests.chaos.report import REPORT, Part, markdown  # noqa: E402
from tests.chaos.run import play  # noqa: E402
from tests.tool_calls.report import Played, breaches, play_all  # noqa: E402

LINE_SECONDS = 120.0


def main() -> int:
    seed = int(os.environ.get("CHAOS_SEED", "1"))
    minutes = float(os.environ.get("CHAOS_MINUTES", "30"))
    count = int(os.environ.get("CHAOS_KILLS", "100"))
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    print(f"Seed {seed}, logs in {folder}", flush=True)
    plans = [("Everything breaks", plan.full(seed, minutes))] if minutes else []
    plans += [("Kills in mid-reply", plan.kills(seed, count))] if count else []
    if os.environ.get("CHAOS_LINE") != "0":
        plans.append(("One quota for everybody", plan.one_quota(seed, LINE_SECONDS)))
    parts = []
    for name, wanted in plans:
        place = folder / name.replace(" ", "-").lower()
        place.mkdir()
        print(f"\n{name}", flush=True)
        record = play(wanted, place)
        (place / "record.pickle").write_bytes(pickle.dumps(record))
        found = violations(record, wanted.recovery_seconds)
        parts.append(Part(name, wanted, record, [*found, *line_violations(record, wanted)]))
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
