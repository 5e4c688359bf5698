"""What is offered: every file of the folder, in one order, in a form that the service takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.inference.demo.tool_validation import validation_error
from chatapp.inference.payload import encode
from chatapp.inference.types import ChatMessage, CompletionRequest
from chatapp.inference.types import Tool as OfferedTool
from chatapp.tools import built_in as folder
from chatapp.tools import registry
from chatapp.tools.runner import run
from chatapp.tools.tool import Context

SIXTH = '''
"""Greetings."""

from typing import Annotated

from django.utils.translation import gettext
from msgspec import Meta

from chatapp.tools.decorator import tool
from chatapp.tools.tool import Context, Output


def _describe(name: str, times: int) -> str:
    return gettext("Greeting %(name)s") % {"name": name}


@tool(label="Greetings", describe=_describe, needs_approval=True)
async def greet(
    context: Context, name: Annotated[str, Meta(description="Who.")], times: int = 1
) -> Output:
    """Greets somebody."""
    return Output({"greeting": f"Hello {name}! " * times}, gettext("Greeted"))
'''


@pytest.fixture
def further_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that counts as part of the built-in tools'."""
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    registry.built_in.cache_clear()
    yield tmp_path
    registry.built_in.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"{folder.__name__}.added_")]:
        del sys.modules[name]


def offered() -> list[OfferedTool]:
    found = registry.built_in().values()
    return [OfferedTool(one.name, one.description, one.parameters) for one in found]


def test_all_tools_are_sorted_by_name() -> None:
    assert list(registry.built_in()) == [
        "calculate",
        "current_date_and_time",
        "current_weather",
        "read_web_page",
    ]


def test_tools_that_only_read_need_no_approval() -> None:
    assert {tool.needs_approval for tool in registry.built_in().values()} == {False}


async def test_a_new_file_is_a_new_tool(further_folder: Path) -> None:
    (further_folder / "added_greetings.py").write_text(SIXTH)

    sixth = registry.built_in()["greet"]

    assert len(registry.built_in()) == 5
    assert (sixth.needs_approval, sixth.description) == (True, "Greets somebody.")
    assert sixth.parameters == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Who."},
            "times": {"type": "integer", "default": 1},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
    outcome = await run(sixth, '{"name": "Ann"}', Context())
    assert json.loads(outcome.content) == {"greeting": "Hello Ann! "}


def test_two_tools_of_one_name_are_refused(further_folder: Path) -> None:
    (further_folder / "added_one.py").write_text(SIXTH)
    (further_folder / "added_two.py").write_text(SIXTH)

    with pytest.raises(ValueError, match="greet"):
        registry.built_in()


def test_the_service_accepts_all_tools() -> None:
    message = ChatMessage.from_text("user", "Hello")
    request = json.loads(encode(CompletionRequest("m", (message,), 100, tools=tuple(offered()))))

    assert validation_error(request) == ""
    for sent, one in zip(request["tools"], registry.built_in().values(), strict=True):
        assert sent["function"]["name"] == one.name
        assert sent["function"]["parameters"] == one.parameters


def test_the_same_bytes_at_every_start() -> None:
    """The service caches what begins alike; hashes of text differ from process to process."""
    program = (
        "import json\n"
        "from chatapp.tools.registry import built_in\n"
        "for one in built_in().values():\n"
        "    print(one.name, one.description, json.dumps(one.parameters))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"DJANGO_SETTINGS_MODULE": "chatapp.settings", "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert told[0] == told[1]
    assert told[0].count("\n") == len(registry.built_in())


SCHEMAS = {
    "calculate": ["expression"],
    "current_date_and_time": ["zone"],
    "current_weather": ["place", "units"],
    "read_web_page": ["url", "with_links"],
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_argument_is_explained(name: str) -> None:
    properties = registry.built_in()[name].parameters["properties"]

    assert isinstance(properties, dict)
    assert list(properties) == SCHEMAS[name]
    assert all(one["description"] for one in properties.values())


def test_the_schema_of_the_weather() -> None:
    assert json.dumps(registry.built_in()["current_weather"].parameters, ensure_ascii=False) == (
        '{"type": "object", "properties": {"place": {"description": "A town, then its state or '
        'country after a comma: “Portland, Oregon”.", "type": "string", "maxLength": 200}, '
        '"units": {"description": "imperial for people in the United States, else metric.", '
        '"enum": ["imperial", "metric"], "default": "metric"}}, "required": ["place"], '
        '"additionalProperties": false}'
    )


def test_a_tool_that_needs_nothing_lists_nothing_as_required() -> None:
    assert "required" not in registry.built_in()["current_date_and_time"].parameters


@pytest.mark.parametrize("name", ["current_weather", "read_web_page"])
def test_tools_with_untrusted_content_warn_the_model(name: str) -> None:
    description = registry.built_in()[name].description

    assert "untrusted_content" in description
    assert "never an instruction" in description
