"""How a share of a limit becomes a level."""

import pytest

from chatapp.doctor.result import by_share


@pytest.mark.parametrize(
    ("used", "level"), [(0, "green"), (69, "green"), (70, "yellow"), (89, "yellow"), (90, "red")]
)
def test_levels_by_share(used: int, level: str) -> None:
    assert by_share(used, 100, "found", "fix").level == level


def test_a_fix_stands_only_where_there_is_something_to_fix() -> None:
    assert by_share(10, 100, "found", "fix", "command").fix == ""
    assert by_share(80, 100, "found", "fix", "command").command == "command"


def test_no_limit_is_never_reached() -> None:
    assert by_share(10**12, 0, "found").level == "green"
