"""How the page's scripts depend on each other, read from their sources."""

import re

import pytest
from django.conf import settings

from chatapp.server.static_files import LATER_SCRIPTS
from chatapp.server.static_files import SCRIPTS as SCRIPT_FILES

FOLDER = settings.ROOT / "static" / "js"
EVENTS = (FOLDER / "lib" / "events.js").read_text()
DECLARATION = re.compile(
    r'^// ([\w, -]+) > ([\w, -]+)\nexport const (\w+) = "([\w:.-]+)";', re.MULTILINE
)
PREFIX = 'export const LIVE = "live:";'
IMPORT = re.compile(r'^import (?:\{ (?P<names>.+) \} from )?"(?P<path>.+)";$', re.MULTILINE)
SHORTCUTS = (FOLDER / "lib" / "shortcuts.js").read_text().partition("/** Returns")[0]
ACTIONS = (FOLDER / "lib" / "shortcut-actions.js").read_text().partition("/** `tools`")[0]
LIST_OF_SHORTCUTS = (settings.ROOT / "templates/reading/_shortcuts.html").read_text()
SCRIPTS = {path: path.read_text() for path in sorted(FOLDER.rglob("*.js"))}
ELEMENTS = {path.stem: text for path, text in SCRIPTS.items() if "elements" in path.parts}
# What a person types is reported by the event that their keys would cause. The colour of the
# browser's own frame is in the head of the page.
INPUT = 'new Event("input", { bubbles: true })'
FRAME = 'document.querySelectorAll("meta[name=theme-color]")'


def users(event: str) -> set[str]:
    """Return the scripts that import an event."""
    imports = {path.stem: IMPORT.findall(text) for path, text in SCRIPTS.items()}
    return {
        name
        for name, found in imports.items()
        if any(event in names.split(", ") for names, _path in found)
    }


def test_every_event_has_the_users_that_its_declaration_names() -> None:
    declarations = DECLARATION.findall(EVENTS)

    assert len(declarations) == EVENTS.count("export const ") - EVENTS.count(PREFIX)
    for dispatchers, listeners, name, event in declarations:
        named = {*dispatchers.split(", "), *listeners.split(", ")}
        # The server's events are dispatched by their type, not by their name here.
        expected = named - {"live-socket"} if event.startswith("live:") else named
        assert users(name) == expected, name


def test_no_two_events_have_the_same_name() -> None:
    events = [event for *_names, event in DECLARATION.findall(EVENTS)]

    assert len(events) == len(set(events))


def test_an_element_dispatches_declared_events_only() -> None:
    found = [
        name
        for name, text in ELEMENTS.items()
        if re.search(r"new \w*Event\(", text.replace(INPUT, ""))
    ]

    assert not found


def test_an_element_does_not_look_up_another_element() -> None:
    found = [
        name
        for name, text in ELEMENTS.items()
        if re.search(r"document\.(querySelector|getElement)", text.replace(FRAME, ""))
    ]

    assert not found


@pytest.mark.parametrize("entry", [*SCRIPT_FILES, *LATER_SCRIPTS])
def test_an_entry_imports_and_does_nothing_else(entry: str) -> None:
    lines = SCRIPTS[FOLDER.parent / entry].splitlines()

    assert all(not line or line.startswith("//") or IMPORT.fullmatch(line) for line in lines)


def test_a_script_uses_nothing_of_another_that_it_does_not_import() -> None:
    """In a joined file it would be found, until one of the two moves to another file."""
    exported = re.findall(
        r"^export const ([A-Z][A-Z_]+)\b", "\n".join(SCRIPTS.values()), re.MULTILINE
    )
    for path, text in SCRIPTS.items():
        code = re.sub(r"//.*|/\*.*?\*/|\"[^\"\n]*\"", "", text)
        known = {name for names, _path in IMPORT.findall(text) for name in names.split(", ")}
        known |= set(re.findall(r"const ([A-Z][A-Z_]+) =", text))
        assert set(exported) & set(re.findall(r"\b[A-Z][A-Z_]+\b", code)) <= known, path


def test_every_shortcut_has_a_letter_a_label_and_an_action() -> None:
    names = re.findall(r'^  "?([\w-]+)"?: \{ (?:letter: "(\w)")?', SHORTCUTS, re.MULTILINE)
    labelled = re.findall(r'with name="([\w-]+)"', LIST_OF_SHORTCUTS)
    actions = re.findall(r'^  "?([\w-]+)"?[:,(]', ACTIONS, re.MULTILINE)
    letters = [letter for _name, letter in names if letter]

    assert {name for name, _letter in names} == set(labelled) == {*actions, "list"}
    assert len(labelled) == len(names) == len(letters) + 1
    assert len(letters) == len(set(letters))
    assert "Key" not in SHORTCUTS  # a letter's key is its capital


def test_a_script_begins_with_a_sentence_about_it() -> None:
    firsts = {path.stem: text.splitlines()[0] for path, text in SCRIPTS.items()}

    assert not [name for name, first in firsts.items() if not re.fullmatch(r"// [A-Z].+", first)]
