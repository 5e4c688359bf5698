"""Keep invalid text out of every column.

Text is made valid where it enters the app; this is the guarantee behind that. Both databases raise
errors for half a surrogate pair in a parameter, and Postgres for NUL, so a whole write would be
lost, and a lookup would be answered with a 500.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from chatapp.server.valid_text import make_valid, make_valid_json, make_valid_source


def watch_connections() -> None:
    """Make the text in the parameters of every statement valid, including those of packages."""
    connection_created.connect(_watch, dispatch_uid="chatapp.server.columns")


class JSONField(models.JSONField):
    """Store and return JSON without invalid text.

    SQLite accepts half a surrogate pair in its escaped form, so the parameters alone don't show it,
    and rows of earlier versions may contain one.
    """

    def deconstruct(self) -> Any:
        """Look like Django's own field to migrations, because the column is the same."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        return super().get_db_prep_value(make_valid_json(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        source = make_valid_source(value) if isinstance(value, str) else value
        return super().from_db_value(source, expression, connection)


def _watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    # A connection that was opened again still has its wrapper.
    if _with_valid_text not in connection.execute_wrappers:
        connection.execute_wrappers.append(_with_valid_text)


def _with_valid_text(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if params:
        params = [_valid_row(row) for row in params] if many else _valid_row(params)
    return execute(sql, params, many, context)


def _valid_row(row: Any) -> Any:
    """Return the parameters of one row, a sequence or a mapping by name, with valid text."""
    if isinstance(row, Mapping):
        return {name: _valid(param) for name, param in row.items()}
    return tuple(map(_valid, row))


def _valid(param: Any) -> Any:
    if isinstance(param, str):
        return make_valid(param)
    if isinstance(param, list):  # for Postgres a column of many rows may be one parameter
        return [_valid(each) for each in param]
    return param
