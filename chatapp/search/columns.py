"""A column of tokens: a `tsvector` on Postgres, words between spaces on SQLite."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# One text is sent faster than an array. No token has a space.
ON_POSTGRES = "array_to_tsvector(string_to_array(%s, ' '))"


class TokensField(models.Field):
    """Store tokens as they are. Postgres' own parser would take them apart again."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder_sql(
        self, value: Any, compiler: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any]]:
        if connection.vendor == "postgresql":
            return ON_POSTGRES, (value,)
        return "%s", (value,)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        joined = " ".join(value)
        return joined if connection.vendor == "postgresql" else f" {joined} "
