"""A process dies at every point of a tool call, and nothing is lost or done twice."""

import signal
from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres
from tests.tool_calls.environment import postgres_environment, sqlite_environment
from tests.tool_calls.killing import expected, play
from tests.tool_calls.points import POINTS, Point

AT_ONCE = 4  # replies of the process that dies
# The points that the test of a single process below leaves out.
IN_THE_DATABASE = [point for point in POINTS if point.weight]


# A single test, so that the servers start once however many workers share the tests.
@needs_postgres
@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "points",
    [
        pytest.param(IN_THE_DATABASE[1::6], id="some"),
        pytest.param(POINTS, id="all", marks=pytest.mark.long),
    ],
)
async def test_no_call_is_lost_or_made_twice_wherever_its_process_dies(
    tmp_path: Path, points: list[Point]
) -> None:
    async with (
        postgres_environment(tmp_path) as environment,
        environment.instance(2, CHAT_HAND_OVER_SECONDS="1") as instance,
    ):
        played = await play(instance, points, AT_ONCE)

    assert [result for _case, result in played] == [expected(case) for case, _result in played]


@pytest.mark.long
async def test_a_single_process_resumes_where_it_was_killed(tmp_path: Path) -> None:
    """Kill one process, as under `make run`, at the points that need no lock in the database."""
    points = [point for point in POINTS if not point.weight and point.how == signal.SIGKILL]
    async with sqlite_environment(tmp_path) as environment, environment.instance(1) as instance:
        played = await play(instance, points, len(points))

    assert [result for _case, result in played] == [expected(case) for case, _result in played]
