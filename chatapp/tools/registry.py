"""Find the built-in tools. A new tool only needs a file in `built_in/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from . import built_in as folder
from .tool import Tool

ALL_TOOLS = "all"  # in CHAT_TOOLS


@cache
def built_in() -> Mapping[str, Tool]:
    """Return all built-in tools by name.

    They are sorted, because the service caches requests by their common beginning. Raises
    ValueError for two tools with one name.
    """
    by_name: dict[str, Tool] = {}
    for file in iter_modules(folder.__path__):
        for value in vars(import_module(f"{folder.__name__}.{file.name}")).values():
            if isinstance(value, Tool) and by_name.setdefault(value.name, value) is not value:
                raise ValueError(f"Two tools are called {value.name}")
    return MappingProxyType(dict(sorted(by_name.items())))
