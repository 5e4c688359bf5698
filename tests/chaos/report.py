"""Write the results of a run as `docs/reliability.md`."""

import os
import platform
import statistics
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.changes import KINDS
from tests.chaos.checker import Violation, failures
from tests.chaos.plan import Plan
from tests.chaos.record import Record
from tests.chaos.recovery import mid_reply_kills, pauses
from tests.tool_calls import report as points
from tests.tool_calls.report import Played

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "reliability.md"
SHOWN_VIOLATIONS = 30
HEAD = """\
# Reliability

Written by `make chaos`; do not edit. A run has real app processes, PostgreSQL and Redis behind a
proxy without sticky sessions, and a model whose answers are known word by word
(`tests/chaos/__main__.py`). A violation is

- a message that was acknowledged and doesn't exist exactly once, or was refused and exists;
- a reply without an end, with a wrong text, or failed for a reason other than the two allowed ones:
  its processes died three times, or the model's stream was interrupted more than twice;
- a Stop that lost text which somebody had seen;
- two requests to the model at once for one reply, or one that continues after a wrong text;
- a page that ends with anything else than the database;
- a new chat that branched off without a part of its messages, a deleted version that is back, or
  one that is gone although its deletion was undone;
- a tool call that ran again after its result was saved, that acted more often than a person
  allowed, or that has no row; a finished reply with a call that has no end;
- a call to the model that nobody settled, a reply whose calls in the ledger have other tokens than
  the reply, an answer of the model that isn't one row of the ledger, a sum that isn't that of its
  calls, or a moment at which more was spent or reserved than a cap allows;
- pages that waited for more than 15 s after `kill -9` (plus the time in which a database was
  away too), or replies that still run when everything is over.
"""
OF_PEOPLE = ("page reloaded", "Stop by a person")
OF_THE_MODEL = ("model stream cut", "model refused 429", "model refused 500")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    plan: Plan
    record: Record
    violations: list[Violation]

    @property
    def missing(self) -> list[str]:
        """Return the planned faults that didn't happen."""
        wanted = set(self.plan.round)
        if self.plan.reload:
            wanted |= set(OF_PEOPLE)
        if self.plan.model:
            wanted |= set(OF_THE_MODEL)
        if self.plan.change:
            wanted |= set(KINDS)
        return sorted(kind for kind in wanted if not self.record.counts[kind])


def markdown(parts: Sequence[Part], played: Played) -> str:
    lines = [HEAD, *(f"- {name}: {value}" for name, value in _facts().items())]
    for part in parts:
        lines += ["", f"## {part.name}", "", *_part(part)]
    if played:
        lines += ["", "## Kills at every point of a tool call", "", *points.lines(played)]
    return "\n".join(lines) + "\n"


def _facts() -> dict[str, str]:
    described = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    commit = subprocess.run(described, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return {
        "Commit": commit or "unknown",
        "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Cores": str(os.cpu_count()),
        "Python": platform.python_version(),
    }


def _part(part: Part) -> list[str]:
    record = part.record
    return [
        *_table(("", ""), _figures(part)),
        "",
        *_table(("Fault", "Count"), sorted(record.counts.items())),
        *(["", f"Never happened: {', '.join(part.missing)}"] if part.missing else []),
        "",
        *_endings(record),
        "",
        *_violations(part.violations),
    ]


def _figures(part: Part) -> list[tuple[str, object]]:
    record, plan = part.record, part.plan
    replies = [row for row in record.rows if row.role == "assistant"]
    seconds = [pause.seconds for pause in pauses(record) if pause.seconds is not None]
    alone = [p.seconds for p in pauses(record) if p.seconds is not None and not p.outage]
    return [
        ("Seed", plan.seed),
        ("Duration", f"{(record.end - record.begin) / 60:.1f} min"),
        ("App processes", plan.processes),
        ("People, conversations at once", f"{plan.people}, {plan.at_once}"),
        ("Conversations", len({row.conversation for row in record.rows})),
        ("Messages acknowledged", sum(sent.answer == "accepted" for sent in record.sent)),
        ("Replies", len(replies)),
        ("Requests to the model", len(record.requests)),
        ("Tool calls", len(record.calls)),
        ("Times that tools ran, interrupted ones included", len(record.tool_runs)),
        ("Decisions of people about calls", len(record.decisions)),
        ("Of those, after an unknown end", sum(one.about == "unknown" for one in record.decisions)),
        ("Pages compared with the database", len(record.views)),
        ("Conversations followed in a real browser", record.browsed),
        ("Processes killed in mid-reply", len(mid_reply_kills(record))),
        ("Replies that such a kill interrupted", len(pauses(record))),
        ("Recovery, p50", _seconds(statistics.median(seconds) if seconds else None)),
        ("Recovery, max, databases up", _seconds(max(alone, default=None))),
        ("Recovery, max, a database down meanwhile", _seconds(max(seconds, default=None))),
        ("Violations", f"**{len(part.violations)}**"),
    ]


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _endings(record: Record) -> list[str]:
    replies = [row for row in record.rows if row.role == "assistant"]
    rows: list[tuple[str, object]] = list(Counter(row.status for row in replies).items())
    rows += [(f"failed: {error}", count) for error, count in failures(record).items()]
    return _table(("How replies ended", "Count"), sorted(rows))


def _violations(violations: Sequence[Violation]) -> list[str]:
    lines = [f"- {violation}" for violation in violations[:SHOWN_VIOLATIONS]]
    if len(violations) > SHOWN_VIOLATIONS:
        lines.append(f"- and {len(violations) - SHOWN_VIOLATIONS} more")
    return lines or ["No rule was broken."]


def _table(head: tuple[str, str], rows: Sequence[tuple[str, object]]) -> list[str]:
    lines = [head, ("---", "---"), *rows]
    return [f"| {name} | {value} |" for name, value in lines]
