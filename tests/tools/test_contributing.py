"""The worked example of CONTRIBUTING.md, as it is written there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from chatapp.tools import built_in as folder
from chatapp.tools import registry

BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def example_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the example's test file defines, while its tool is among the built-in ones."""
    chapters = (settings.ROOT / "CONTRIBUTING.md").read_text()
    tool, tests = BLOCK.findall(chapters.partition("## Add a tool")[2])
    (tmp_path / "dice.py").write_text(tool)
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    monkeypatch.setattr(folder, "dice", None, raising=False)
    registry.built_in.cache_clear()
    defined: dict[str, Any] = {}
    exec(tests, defined)
    yield defined
    registry.built_in.cache_clear()
    del sys.modules[f"{folder.__name__}.dice"]


async def test_the_example_of_a_tool_passes_its_own_tests(example_tests: dict[str, Any]) -> None:
    tests = [test for name, test in example_tests.items() if name.startswith("test_")]

    assert len(tests) == 2
    for test in tests:
        await test()


def test_the_example_of_a_tool_is_found_and_explains_its_arguments(
    example_tests: dict[str, Any],
) -> None:
    dice = registry.built_in()["roll_dice"]

    assert [one["description"] for one in dice.parameters["properties"].values()] == [
        "How many dice.",
        "How many sides each die has.",
    ]
