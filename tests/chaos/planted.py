"""Plant violations in the record of a run, each of which the checker must find."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.chaos.caps import CAP
from tests.chaos.checker import Facts
from tests.chaos.record import Call, Copy, Record, Row
from tests.servers.model import ToolRun

MORE = 9  # calls than a person allows

type Plant = Callable[[Record], None]


def plant(record: Record, fault: Plant) -> Record:
    spoilt = deepcopy(record)
    fault(spoilt)
    return spoilt


def lose_a_message(record: Record) -> None:
    """Remove an accepted message and its reply."""
    lost = _question(record)
    record.rows = [row for row in record.rows if lost.id not in (row.id, row.parent)]


def double_a_message(record: Record) -> None:
    """Store a repeated request as a second message with its own reply."""
    reply = _complete(record)
    question = next(row for row in record.rows if row.id == reply.parent)
    again = replace(question, id=f"{question.id}-again", position=question.position + 2)
    record.rows += [
        again,
        replace(reply, id=f"{reply.id}-again", parent=again.id, position=reply.position + 2),
    ]


def leave_a_reply(record: Record) -> None:
    """Leave a reply running that no process makes."""
    reply = _complete(record)
    reply.status, reply.text = "streaming", reply.text[: len(reply.text) // 2]


def lose_a_character(record: Record) -> None:
    """Drop a character, as a wrong overlap filter would."""
    reply = _complete(record)
    middle = len(reply.text) // 2
    reply.text = reply.text[:middle] + reply.text[middle + 1 :]


def ask_twice_at_once(record: Record) -> None:
    """Let an owner ask the model after its lease has ended and the next owner asks too."""
    request = next(one for one in record.requests if one.outcome == "complete")
    assert request.end
    record.requests.append(replace(request, start=request.end - 3, end=request.end + 3))


def fail_a_reply(record: Record) -> None:
    """Fail a reply without a reason."""
    reply = _complete(record)
    reply.status, reply.error = "failed", "Something went wrong on on this site. Try again."


def show_less(record: Record) -> None:
    """Hide the end of a reply from a page."""
    view = next(view for view in record.views if view.shown)
    last = view.shown[-1]
    view.shown[-1] = replace(last, html=last.html[: len(last.html) // 2])


def show_one_less(record: Record) -> None:
    """Hide a message from a page."""
    next(view for view in record.views if view.shown).shown.pop()


def act_once_more(record: Record) -> None:
    """Run a call that needs approval a second time without one."""
    call = _done(record, "act")
    earlier = range(-MORE, 0)  # than the one whose result was saved
    record.tool_runs += [ToolRun(number, call.reply, call.name, call.what) for number in earlier]


def act_after_the_end(record: Record) -> None:
    """Run a call again whose result is stored."""
    call = _done(record)
    record.tool_runs.append(ToolRun(len(record.tool_runs), call.reply, call.name, call.what))


def leave_a_call(record: Record) -> None:
    """Leave a call running in a reply that has ended."""
    call = _done(record)
    record.calls = [replace(one, state="running") if one == call else one for one in record.calls]


def forget_a_call(record: Record) -> None:
    """Run a call that no row mentions."""
    record.calls.remove(_done(record))


def copy_a_half(record: Record) -> None:
    """Leave the last message out of a copy."""
    reply = _complete(record)
    record.copies.append(Copy("copy", reply.id))
    question = next(row for row in record.rows if row.id == reply.parent)
    first = next(row for row in record.rows if row.conversation == question.conversation)
    record.rows.append(replace(first, id="copied", conversation="copy", parent=None))


def bring_a_version_back(record: Record) -> None:
    """Show a version that a person has deleted."""
    record.deletions[_complete(record).id] = True


def delete_another_version(record: Record) -> None:
    """Delete a version whose deletion was undone."""
    reply = _complete(record)
    reply.deleted = True
    record.deletions[reply.id] = False


def leave_a_model_call(record: Record) -> None:
    """Leave a call to the model unsettled."""
    _change_model_call(record, state="running")


def forget_a_model_call(record: Record) -> None:
    """Make a reply without a row in the ledger."""
    reply = _complete(record)
    record.model_calls = [call for call in record.model_calls if call.reply != reply.id]


def count_twice(record: Record) -> None:
    """Count the tokens of a call a second time."""
    _change_model_call(record, tokens=10**6)


def give_back_twice(record: Record) -> None:
    """Give back what was reserved for a call twice."""
    key = next(iter(record.budgets))
    record.budgets[key] -= 1


def forget_a_day(record: Record) -> None:
    """Leave a call out of the sums of days."""
    calls, cost = record.day_sums
    record.day_sums = calls - 1, cost


def exceed_the_cap(record: Record) -> None:
    """Let somebody spend more than their cap allows, for a moment."""
    record.committed[:1] = [CAP + 1]


def report_a_call_twice(record: Record) -> None:
    """Store two rows with what the model reported for one answer."""
    reply = _complete(record)
    found = next(call for call in record.model_calls if call.reply == reply.id and call.tokens)
    again = replace(found, state="ended", is_estimated=False)
    record.model_calls += [again] * len(record.requests)


# What to plant, by the rule that the checker must report.
PLANTED: dict[str, Plant] = {
    "lost message": lose_a_message,
    "doubled message": double_a_message,
    "reply without an end": leave_a_reply,
    "wrong text": lose_a_character,
    "two owners at once": ask_twice_at_once,
    "failed for no good reason": fail_a_reply,
    "page that differs": show_less,
    "page with other messages": show_one_less,
    "acted unasked": act_once_more,
    "finished call made again": act_after_the_end,
    "call without an end": leave_a_call,
    "call that was not written down": forget_a_call,
    "copy that differs": copy_a_half,
    "deleted version kept": bring_a_version_back,
    "version lost": delete_another_version,
    "call that was not settled": leave_a_model_call,
    "reply without a call": forget_a_model_call,
    "tokens that differ": count_twice,
    "budget that differs": give_back_twice,
    "sum that differs": forget_a_day,
    "cap exceeded": exceed_the_cap,
    "calls that differ": report_a_call_twice,
}


def _question(record: Record) -> Row:
    taken = {sent.client_id for sent in record.sent if sent.answer == "accepted"}
    return next(row for row in record.rows if row.client_id in taken)


def _complete(record: Record) -> Row:
    return next(row for row in record.rows if row.role == "assistant" and row.status == "complete")


def _change_model_call(record: Record, **changes: Any) -> None:
    """Change a call of a complete reply."""
    reply = _complete(record)
    at = next(at for at, call in enumerate(record.model_calls) if call.reply == reply.id)
    record.model_calls[at] = replace(record.model_calls[at], **changes)


def _done(record: Record, name: str = "") -> Call:
    """Return a finished call that is no copy, and of which its reply has made no earlier one."""
    replies = set(Facts(record).rows)
    alike = {
        (call.reply, call.what): call for call in reversed(record.calls) if call.reply in replies
    }
    return next(
        call for call in alike.values() if call.state == "done" and call.name == (name or call.name)
    )
