"""While a bomb streams at full speed, the others notice next to nothing.

The worst bomb of each kind on a real server; `make fuzz` sets off all of them, in every size.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench.neighbours import report
from tests.bench.shared_server import shared_server

WORST = (
    ("wide table of short rows", 6_000),
    ("uses of one footnote", 100_000),
    ("csharp fence of words", 20_000),
    ("short formulas", 96_000),
    ("one long line", 1_000_000),
    ("one call that seems to end with each piece", 20_000),
)
PATIENCE = 15.0  # seconds for one bomb


# One test, so that there is one server however many processes share the tests.
@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "bombs",
    [
        pytest.param(WORST[1:2], id="one"),
        pytest.param(WORST, id="all", marks=pytest.mark.long),
    ],
)
def test_a_bomb_is_not_noticed_by_others(tmp_path: Path, bombs: Sequence[tuple[str, int]]) -> None:
    with shared_server(tmp_path) as place:
        place.patience = PATIENCE
        missed = asyncio.run(report(place, bombs, seed=0))
    assert "\n".join(missed) == ""
