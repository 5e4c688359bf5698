"""The documents are correct: their links, the tests and targets that they name, their commands."""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from tests.rehearsal.command_line import parser
from tests.rehearsal.readme import Readme

ROOT: Path = settings.ROOT
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
EXAMPLES = ("test_dice",)  # of CONTRIBUTING.md
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TEST = re.compile(r"\b(test_\w+)\.py(?:::(test_\w+))?")
MAKE = re.compile(r"(?:^|`|\s)make ([a-z-]+)(?=`|\n)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_has_a_target_file_and_heading(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text()) if "://" not in link]

    for link in links:
        path, _, fragment = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if fragment:
            assert fragment in map(_anchor, HEADING.findall(target.read_text())), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_named_test_exists(document: Path) -> None:
    files: defaultdict[str, str] = defaultdict(str)  # some names occur in several folders
    for path in ROOT.glob("tests/**/test_*.py"):
        files[path.stem] += path.read_text()

    for module, name in TEST.findall(document.read_text()):
        if module not in EXAMPLES:
            assert module in files, module
            assert not name or f"def {name}(" in files[module], name


def test_every_platform_command_is_valid() -> None:
    readme = Readme(ROOT)

    assert len(readme.blocks) == len({block.splitlines()[0] for block in readme.blocks})
    for words in readme.spelled:
        own = words[1 : words.index("--")] if "--" in words else words[1:]
        parser().parse_args(own)


def test_every_named_make_target_exists() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    targets = {line.split()[1] for line in listed.splitlines()}

    named = {name for document in DOCUMENTS for name in MAKE.findall(document.read_text())}

    assert {"run", "test", "lint", "rehearse"} <= named
    assert named <= targets


def _anchor(heading: str) -> str:
    """Return the id that a heading gets on the web: lower case, dashes, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
