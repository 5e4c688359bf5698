"""Check the record of a run against the rules that hold whatever was broken."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from chatapp.rendering import render_document
from tests.chaos.money import ledger_violations, money_violations
from tests.chaos.question import Question
from tests.chaos.record import Act, ModelRequest, Record, Row, Sent, Shown
from tests.chaos.recovery import pauses
from tests.chaos.reply_text import blocks_of, joined
from tests.chaos.tools import shown_calls, text_ends, tool_violations
from tests.chaos.versions import version_violations
from tests.chaos.violation import Violation
from tests.chaos.words import seen

# Seconds by which an owner's request may outlive its lease; the next owner asks when it ends.
OVERLAP = 1.0
# Seconds after a Stop, when another process makes the reply and polls for it without Redis.
OVERLAP_AFTER_ACT = 5.0
DEATHS = 3  # of processes that made a reply; then it is given up
CUTS = 3  # the model may break off twice; then a person is asked
BROKE_OFF = "The answer was interrupted"
TAG = re.compile(r'<(\w+)((?: [\w-]+="[^"]*")+)>')
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
ENDED = ("complete", "stopped", "failed")


class Facts:
    """A record, with messages, requests and actions found by their keys."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.sent = {sent.client_id: sent for sent in record.sent}
        copies = {copy.conversation for copy in record.copies}
        self.rows = {row.id: row for row in record.rows if row.conversation not in copies}
        self.replies = [row for row in self.rows.values() if row.role == "assistant"]
        self.asked: defaultdict[str, list[ModelRequest]] = defaultdict(list)
        for asked in sorted(record.requests, key=lambda asked: asked.start):
            self.asked[asked.run].append(asked)
        self.acts: defaultdict[str, list[Act]] = defaultdict(list)
        for act in record.acts:
            self.acts[act.run].append(act)

    @property
    def without_copies(self) -> Record:
        """Return the record without the calls of copied replies, which nobody made."""
        calls = [call for call in self.record.calls if call.reply in self.rows]
        return replace(self.record, calls=calls)

    @property
    def replies_by_run(self) -> dict[str, list[str]]:
        """Return the ids of the replies that answer each question."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for reply in self.replies:
            if sent := self.sent_for(reply):
                found[sent.run].append(reply.id)
        return found

    def sent_for(self, reply: Row) -> Sent | None:
        """Return the send that a reply answers."""
        question = self.rows.get(reply.parent or "")
        return self.sent.get(question.client_id or "") if question else None


def violations(record: Record, recovery_seconds: float) -> list[Violation]:
    facts = Facts(record)
    return [
        *_complaints(record),
        *_messages(facts),
        *_replies(facts),
        *_requests(facts),
        *_views(facts),
        *version_violations(record),
        *tool_violations(facts.without_copies),
        *money_violations(record),
        *ledger_violations(record, facts.replies_by_run),
        *_recoveries(record, recovery_seconds),
    ]


def failures(record: Record) -> Counter[str]:
    """Return how often replies failed, by the sentence that the person saw."""
    return Counter(row.error for row in record.rows if row.status == "failed")


def _complaints(record: Record) -> Iterator[Violation]:
    for complaint in record.complaints:
        yield Violation("something went wrong", complaint)


def _messages(facts: Facts) -> Iterator[Violation]:
    """Check that accepted messages are stored once, with their text, and refused ones are not."""
    there = Counter(row.client_id for row in facts.rows.values() if row.role == "user")
    texts = {row.client_id: row.text for row in facts.rows.values()}
    for sent in facts.record.sent:
        count = there[sent.client_id]
        if sent.answer == "accepted" and not count:
            yield Violation("lost message", f"{sent.client_id} in {sent.conversation}")
        if sent.answer == "refused" and count:
            yield Violation("refused message kept", f"{sent.client_id} in {sent.conversation}")
        if count > 1:
            yield Violation("doubled message", f"{sent.client_id} {count} times")
        if count and texts[sent.client_id] != sent.text:
            yield Violation("wrong message", f"{sent.client_id}: {texts[sent.client_id]!r}")
    runs = Counter(
        facts.sent[row.client_id].run for row in facts.rows.values() if row.client_id in facts.sent
    )
    for run, count in runs.items():
        if count > 1:
            yield Violation("doubled message", f"{run} stands there {count} times")
    for client_id in there:
        if client_id not in facts.sent:
            yield Violation("unknown message", f"{client_id}")


def _replies(facts: Facts) -> Iterator[Violation]:
    answered = {reply.parent for reply in facts.replies}
    for row in facts.rows.values():
        if row.role == "user" and row.id not in answered:
            yield Violation("message without a reply", row.id)
    for reply in facts.replies:
        sent = facts.sent_for(reply)
        if sent is None:
            yield Violation("reply to nothing", reply.id)
            continue
        yield from _reply(facts, reply, sent)


def _reply(facts: Facts, reply: Row, sent: Sent) -> Iterator[Violation]:
    asked = Question.parse(sent.text)
    assert asked
    whole = asked.answer
    name = f"{sent.run} ({reply.id}, attempt {reply.attempt})"
    if reply.status not in ENDED:
        yield Violation("reply without an end", f"{name} is {reply.status}")
    if reply.status == "complete" and reply.text != whole:
        yield Violation("wrong text", f"{name}: {_difference(reply.text, whole)}")
    elif not whole.startswith(reply.text):
        yield Violation("wrong text", f"{name}, {reply.status}: {_difference(reply.text, whole)}")
    if reply.status == "stopped":
        yield from _stopped(facts, reply, sent, name)
    if reply.status == "failed" and not _may_fail(facts, reply, sent):
        yield Violation("failed for no good reason", f"{name}: {reply.error}")


def _stopped(facts: Facts, reply: Row, sent: Sent, name: str) -> Iterator[Violation]:
    stops = [act for act in facts.acts[sent.run] if act.kind == "stop" and act.reply == reply.id]
    if not stops:
        yield Violation("stopped by nobody", name)
    kept, shown = seen(sent.run, reply.text + "\n"), max((act.seen for act in stops), default=0)
    if kept < shown:
        yield Violation("Stop lost text", f"{name}: {shown} words were seen, {kept} are kept")


def _may_fail(facts: Facts, reply: Row, sent: Sent) -> bool:
    """Return whether a reply may fail: after three crashes, or too many interrupted streams."""
    if sum(reply.id in fault.hit for fault in facts.record.faults) >= DEATHS:
        return True
    cuts = sum(asked.outcome == "cut" for asked in facts.asked[sent.run])
    return reply.error.startswith(BROKE_OFF) and cuts >= CUTS


def _requests(facts: Facts) -> Iterator[Violation]:
    """Check that one owner at a time asks the model, and resumes after text that it said."""
    for run, requests in facts.asked.items():
        for asked in requests:
            if not asked.known:
                yield Violation("model was given a wrong text", f"{run}, {asked.given} characters")
        for first, second in pairwise(requests):
            over = (first.end or facts.record.end) - second.start
            acts = [act for act in facts.acts[run] if act.at < second.start]
            if over > (OVERLAP_AFTER_ACT if acts else OVERLAP):
                yield Violation("two owners at once", f"{run} for {over:.1f} s")


def _views(facts: Facts) -> Iterator[Violation]:
    """Check that every page ends up showing what the database has."""
    paths: defaultdict[str, list[Shown]] = defaultdict(list)
    calls = shown_calls(facts.record)
    for row in sorted(facts.rows.values(), key=lambda row: row.position):
        if row.on_branch:
            ends = text_ends(facts.record, row)
            paths[row.conversation].append(_as_shown(row, calls[row.id], ends))
    for view in facts.record.views:
        wanted = paths[view.conversation]
        if [shown.id for shown in view.shown] != [row.id for row in wanted]:
            yield Violation("page with other messages", f"{view.page}: {_ids(view.shown, wanted)}")
            continue
        for shown, row in zip(map(_alike, view.shown), wanted, strict=True):
            if shown != row:
                yield Violation("page that differs", f"{view.page}: {_contrast(shown, row)}")


def _alike(shown: Shown) -> Shown:
    """Sort the attributes of each tag, because the sanitiser's order differs between processes."""

    def sort(tag: re.Match[str]) -> str:
        return f"<{tag[1]} {' '.join(sorted(ATTRIBUTE.findall(tag[2])))}>"

    return replace(shown, html=TAG.sub(sort, shown.html))


def _as_shown(row: Row, calls: tuple[str, ...], ends: Sequence[int]) -> Shown:
    """Return a message as a page must show it."""
    html = row.text
    if row.role == "assistant":
        rendered = render_document(row.text, prefix=row.id, ends=ends)
        html = joined(blocks_of(f'<div data-part="text">{rendered}</div><!--/text-->'))
    return _alike(Shown(row.id, row.role, row.status, row.attempt, html, calls))


def _recoveries(record: Record, most: float) -> Iterator[Violation]:
    for pause in pauses(record):
        if pause.seconds is None:
            yield Violation("no recovery", f"{pause.reply} after a kill")
        elif pause.seconds > most + pause.outage:
            yield Violation("late recovery", f"{pause.reply} after {pause.seconds:.1f} s")
    if not record.is_at_rest:
        yield Violation("no rest", "replies still ran when all had to be over")


def _difference(found: str, wanted: str) -> str:
    same = next(
        (at for at, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other),
        min(len(found), len(wanted)),
    )
    return f"from character {same} {found[same : same + 40]!r}, not {wanted[same : same + 40]!r}"


def _ids(shown: list[Shown], wanted: list[Shown]) -> str:
    return f"{[one.id[:8] for one in shown]}, not {[one.id[:8] for one in wanted]}"


def _contrast(shown: Shown, row: Shown) -> str:
    for name in ("role", "status", "attempt", "calls", "html"):
        one, other = getattr(shown, name), getattr(row, name)
        if one != other:
            detail = _difference(one, other) if name == "html" else f"{one}, not {other}"
            return f"{name} of {row.id}: {detail}"
    return ""
