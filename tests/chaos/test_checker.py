"""The checker finds every planted violation, and none in a good run."""

from dataclasses import replace

import pytest

from chatapp.rendering import render_document
from tests.chaos.caps import CAP
from tests.chaos.checker import BROKE_OFF, violations
from tests.chaos.planted import PLANTED, plant
from tests.chaos.question import Question
from tests.chaos.record import (
    Act,
    Call,
    Decision,
    Fault,
    ModelCall,
    ModelRequest,
    Record,
    Row,
    Sent,
    Shown,
    View,
)
from tests.chaos.recovery import mid_reply_kills, pauses
from tests.chaos.reply_text import blocks_of, joined
from tests.chaos.words import text
from tests.servers.model import ToolRun

LIMIT = 15.0  # seconds
WORDS = 40
QUESTION = Question("a0", WORDS, 20.0, calls=((text("a0", WORDS).index("0x1"), ("act", "act")),))
ASKED, WHOLE = str(QUESTION), QUESTION.answer


def good_run() -> Record:
    """Return a run with one reply, whose process was killed at second 10; a page saw all of it."""
    question = Row("m1", "c", None, 0, True, "user", "complete", ASKED, client_id="send")
    reply = Row("m2", "c", "m1", 1, True, "assistant", "complete", WHOLE, attempt=2)
    reply.tokens = 42
    html = f'<div data-part="text">{render_document(WHOLE, prefix="m2")}</div><!--/text-->'
    shown = [
        Shown("m1", "user", "complete", 0, ASKED),
        Shown("m2", "assistant", "complete", 2, joined(blocks_of(html)), ("done", "denied")),
    ]
    record = Record(begin=0.0, end=60.0)
    record.sent = [Sent("send", "c", "a0", ASKED, WORDS, "accepted")]
    record.rows = [question, reply]
    record.views = [View("page", "c", shown)]
    record.requests = [
        ModelRequest("a0", 5.0, 0, True, 10.1, "hung up"),
        ModelRequest("a0", 20.0, 100, True, 30.0, "complete"),
    ]
    record.faults = [Fault("kill -9", 10.0, 12.0, hit={"m2": 1})]
    record.attempts["m2"] = {1: 5.1, 2: 20.1}
    record.ends["m2"] = [30.1]
    # One was made, broken off by the kill, and made again; the other was not to be made.
    record.decisions = [
        Decision("s1", 1, "awaiting_approval", "allow"),
        Decision("s1", 2, "unknown", "allow"),
        Decision("s2", 1, "awaiting_approval", "deny"),
    ]
    record.tool_runs = [ToolRun(number, "m2", "act", "a0r0n0") for number in (0, 1)]
    record.calls = [
        Call("s1", "m2", "act", "a0r0n0", "done", 1),
        Call("s2", "m2", "act", "a0r0n1", "denied", None),
    ]
    # Two calls, as one was lost with the process, and the title.
    record.model_calls = [
        ModelCall("m2", "abc", "reply", "lost", 30, 100, "2026-11-30", 100, is_estimated=True),
        ModelCall("m2", "abc", "tool_round", "ended", 12, 50, "2026-11-30", 50),
        ModelCall(None, "abc", "title", "running", 0, 7, "2026-11-30", is_summed=False),
    ]
    periods = ("day:2026-11-30", "month:2026-11-01")
    record.budgets = {f"{whose}:{period}": 150 for whose in ("site", "abc") for period in periods}
    record.day_sums = 2, 150
    record.committed = [CAP]
    return record


def rules(record: Record) -> list[str]:
    return [violation.rule for violation in violations(record, LIMIT)]


def stopped_run(seen: int) -> Record:
    record = good_run()
    reply = record.rows[1]
    reply.status, reply.text = "stopped", WHOLE[: WHOLE.index("a0x20")]
    record.acts = [Act("stop", "a0", "m2", 25.0, seen)]
    record.views = []
    return record


def test_a_good_run_has_no_violation() -> None:
    assert rules(good_run()) == []


@pytest.mark.parametrize("rule", PLANTED)
def test_every_planted_violation_is_found(rule: str) -> None:
    assert rule in rules(plant(good_run(), PLANTED[rule]))


def test_a_pause_lasts_from_the_kill_to_the_first_new_text() -> None:
    [pause] = pauses(good_run())

    assert (pause.reply, pause.seconds) == ("m2", pytest.approx(10.1))
    assert len(mid_reply_kills(good_run())) == 1


def test_late_text_of_the_killed_attempt_does_not_end_the_pause() -> None:
    record = good_run()
    record.attempts["m2"] = {1: 10.2, 2: 20.1}

    [pause] = pauses(record)

    assert pause.seconds == pytest.approx(10.1)


def test_a_second_kill_replaces_the_first() -> None:
    record = good_run()
    record.faults.append(Fault("kill -9", 15.0, 16.0, hit={"m2": 2}))
    record.attempts["m2"] = {1: 5.1, 3: 26.0}

    [pause] = pauses(record)

    assert (pause.killed_at, pause.seconds) == (15.0, pytest.approx(11.0))


def test_a_pause_that_is_too_long_is_found() -> None:
    record = good_run()
    record.attempts["m2"][2] = 25.5

    assert rules(record) == ["late recovery"]


def test_a_database_outage_extends_the_allowed_pause() -> None:
    record = good_run()
    record.attempts["m2"][2] = 25.5
    record.faults.append(Fault("Postgres stalled", 14.0, 16.0))

    assert rules(record) == []


def test_a_reply_that_is_never_resumed_has_no_recovery() -> None:
    record = good_run()
    del record.attempts["m2"][2]
    record.ends.clear()

    assert "no recovery" in rules(record)


def test_a_stop_keeps_what_was_seen() -> None:
    assert rules(stopped_run(seen=20)) == []
    assert rules(stopped_run(seen=21)) == ["Stop lost text"]


def test_a_reply_that_nobody_stopped_is_found() -> None:
    record = stopped_run(seen=0)
    record.acts = []

    assert rules(record) == ["stopped by nobody"]


@pytest.mark.parametrize(
    ("crashes", "cuts", "allowed"), [(3, 0, True), (2, 2, False), (0, 3, True)]
)
def test_a_reply_may_fail_after_three_deaths_or_three_cuts(
    crashes: int, cuts: int, allowed: bool
) -> None:
    record = good_run()
    reply = record.rows[1]
    reply.status, reply.error = "failed", BROKE_OFF
    record.faults = [Fault("kill -9", 10.0, 11.0, hit={"m2": 1}) for _ in range(crashes)]
    record.views = []
    record.requests[1].end = 21.0
    record.requests += [
        ModelRequest("a0", 21.0 + number, 100, True, 22.0 + number, "cut") for number in range(cuts)
    ]

    assert rules(record) == ([] if allowed else ["failed for no good reason"])


def test_a_refused_message_that_was_stored_is_found() -> None:
    record = good_run()
    record.sent[0].answer = "refused"

    assert rules(record) == ["refused message kept"]


def test_a_wrong_text_sent_to_the_model_is_found() -> None:
    record = good_run()
    record.requests[1] = replace(record.requests[1], known=False)

    assert rules(record) == ["model was given a wrong text"]


def test_a_run_without_rest_and_a_complaint_are_found() -> None:
    record = good_run()
    record.is_at_rest = False
    record.complaints.append("a process took 30 s to leave")

    assert rules(record) == ["something went wrong", "no rest"]
