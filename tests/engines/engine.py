"""A browser as a person uses it: one interface, which each engine's driver fills in.

Both drivers speak a W3C protocol, whose input actions are the same, so what a person does is
written here once: clicks land where the pointer is, and keys go to what has the focus.
"""

import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

START_SECONDS = 60
WAIT_SECONDS = 20  # on a loaded machine
POLL_SECONDS = 0.01
TAB, ENTER, SHIFT, ESCAPE, DOWN = "\ue004", "\ue007", "\ue008", "\ue00c", "\ue015"

# What a person can see and reach, by its selector and the name that is written on it or read out.
FIND = """(selector, name) => [...document.querySelectorAll(selector)].find((each) =>
    each.checkVisibility({visibilityProperty: true}) && (!name || new RegExp(name).test(
        each.getAttribute("aria-label") ?? (each.labels?.[0] ?? each).textContent.trim())))"""
MIDDLE = f"""(selector, name) => {{
    const element = ({FIND})(selector, name);
    if (!element) return null;
    const moves = ({{effect}}) =>
        effect.getTiming().iterations !== Infinity && effect.target.contains(element);
    if (document.getAnimations().some(moves)) return null;
    element.scrollIntoView({{block: "nearest", behavior: "instant"}});
    const {{x, y, width, height}} = element.getBoundingClientRect();
    const at = [Math.round(x + width / 2), Math.round(y + height / 2)];
    const hit = document.elementFromPoint(...at);
    return element.contains(hit) ? at : null;
}}"""


class EngineError(Exception):
    """The browser refused a command, for example because its page is being replaced."""


class Engine(ABC):
    """A running browser with one tab."""

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page and wait until it has loaded."""

    @abstractmethod
    def reload(self) -> None:
        """Load the page again and wait until it has loaded."""

    @abstractmethod
    def evaluate(self, function: str, *arguments: Any) -> Any:
        """Call a JavaScript function in the page; arguments and result are JSON."""

    @abstractmethod
    def perform(self, source: dict[str, Any]) -> None:
        """Play the actions of one W3C input source."""

    @abstractmethod
    def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file in a file field, as its dialog would."""

    @abstractmethod
    def console_errors(self) -> list[str]:
        """Return what the console has reported as an error since the last call."""

    def wait_for(self, function: str, *arguments: Any) -> Any:
        """Wait until a function returns something true in the page, and return that."""
        deadline = time.monotonic() + WAIT_SECONDS
        last: object = None
        while time.monotonic() < deadline:
            try:
                last = self.evaluate(function, *arguments)
            except EngineError as error:
                last = error
            else:
                if last:
                    return last
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"Not within {WAIT_SECONDS} s: {function} {arguments}: {last}")

    def click(self, selector: str, name: str = "") -> None:
        """Click the first visible element with this selector and name, once it rests uncovered."""
        x, y = self.wait_for(MIDDLE, selector, name)
        move = {"type": "pointerMove", "x": x, "y": y, "duration": 0}
        button = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.perform({"type": "pointer", "id": "mouse", "actions": [move, *button]})

    def press(self, keys: str, held: str = "") -> None:
        """Press one key after the other, while `held` is kept down."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        if held:
            around = [{"type": kind, "value": held} for kind in ("keyDown", "keyUp")]
            actions = [around[0], *actions, around[1]]
        self.perform({"type": "key", "id": "keyboard", "actions": actions})

    def shows(self, selector: str, name: str = "") -> bool:
        return bool(self.evaluate(f"(...given) => Boolean(({FIND})(...given))", selector, name))

    def wait_until_shown(self, selector: str, name: str = "") -> None:
        self.wait_for(f"(...given) => Boolean(({FIND})(...given))", selector, name)

    def wait_until_hidden(self, selector: str, name: str = "") -> None:
        self.wait_for(f"(...given) => !({FIND})(...given)", selector, name)


def missing(*programs: str) -> list[str]:
    """Return which programs aren't installed."""
    return [program for program in programs if not shutil.which(program)]
