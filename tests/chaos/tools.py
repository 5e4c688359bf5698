"""Check the tool calls of a run. The tools themselves count how often they ran."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.record import Record, Row
from tests.chaos.violation import Violation

ENDED = ("done", "failed", "denied")
OPEN = ("ready", "running")
SHOWN_INTERRUPTED = ("stopped", "failed")  # ends of a reply that break off its open calls


def tool_violations(record: Record) -> Iterator[Violation]:
    status = {row.id: row.status for row in record.rows}
    runs: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for run in record.tool_runs:
        runs[run.reply, run.what].append(run.number)
    allowed = _allowed(record)
    for call in record.calls:
        name = f"{call.name} {call.what} of {call.reply}, {call.state}"
        made = runs.pop((call.reply, call.what), [])
        if call.state == "done" and call.number not in made:
            yield Violation("result from nowhere", f"{name}: {call.number}, made were {made}")
        if call.number is not None and max(made, default=0) > call.number:
            yield Violation("finished call made again", f"{name}: {made}")
        if call.name == "act" and len(made) > allowed[call.id]:
            yield Violation("acted unasked", f"{name}: {made}, {allowed[call.id]} allowed")
        if status.get(call.reply) == "complete" and call.state not in ENDED:
            yield Violation("call without an end", name)
    for (reply, what), made in runs.items():
        yield Violation("call that was not written down", f"{what} of {reply}: {made}")


def shown_calls(record: Record) -> defaultdict[str, tuple[str, ...]]:
    """Return the call states that pages must show, by reply."""
    status = {row.id: row.status for row in record.rows}
    shown: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for call in record.calls:
        is_interrupted = call.state in OPEN and status.get(call.reply) in SHOWN_INTERRUPTED
        shown[call.reply] += ("interrupted" if is_interrupted else call.state,)
    return shown


def text_ends(record: Record, row: Row) -> list[int]:
    """Return after how many characters a reply's text is interrupted by calls."""
    lengths = sorted({call.text_length for call in record.calls if call.reply == row.id})
    pieces = zip([0, *lengths], lengths, strict=False)
    return [end for begin, end in pieces if row.text[begin:end].strip()]


def _allowed(record: Record) -> Counter[str]:
    """How often each call may have been made at most: once for each question that a person
    answered so, and once without a question where that tool was allowed for good."""
    rows = {row.id: row.conversation for row in record.rows}
    place = {call.id: (rows.get(call.reply), call.name) for call in record.calls}
    said = {(one.tool_call, one.attempt) for one in record.decisions if one.decision != "deny"}
    allowed = Counter(tool_call for tool_call, _attempt in said)
    asked = {one.tool_call for one in record.decisions if one.about == "awaiting_approval"}
    free = {place.get(one.tool_call) for one in record.decisions if one.decision == "always"}
    allowed.update(
        tool_call for tool_call in place if place[tool_call] in free and tool_call not in asked
    )
    return allowed
