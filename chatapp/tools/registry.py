"""Which tools there are. A file in `built_in/` is all that a new one needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from . import built_in as folder
from .tool import Tool


@cache
def built_in() -> Mapping[str, Tool]:
    """By name and in the order of names: the service caches requests that begin alike.

    Raises ValueError for two tools of one name.
    """
    by_name: dict[str, Tool] = {}
    for file in iter_modules(folder.__path__):
        for one in vars(import_module(f"{folder.__name__}.{file.name}")).values():
            if isinstance(one, Tool) and by_name.setdefault(one.name, one) is not one:
                raise ValueError(f"Two tools are called {one.name}")
    return MappingProxyType(dict(sorted(by_name.items())))
