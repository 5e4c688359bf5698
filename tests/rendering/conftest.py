"""A reply that uses everything."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def answer() -> str:
    """About 6 KB of the markdown that a model writes."""
    return Path(__file__).with_name("answer.md").read_text(encoding="utf-8")
