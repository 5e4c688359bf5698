"""No column stores invalid text, whatever API writes it, in either database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import CharField, Field, JSONField, Model, TextField, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from chatapp.server import columns
from chatapp.server.valid_text import make_valid, make_valid_json, make_valid_source
from tests.rows import ROWS
from tests.servers.marks import needs_postgres
from tests.servers.on_postgres import only_from_sqlite, run_on_postgres
from tests.texts import ANY_TEXT, LONG_TEXTS, TEXTS, is_valid

pytestmark = pytest.mark.django_db

FIELDS = [field for model in apps.get_models() for field in model._meta.concrete_fields]
TEXT_FIELDS = [field for field in FIELDS if isinstance(field, CharField | TextField)]
# Nothing is stored in those of allauth, which are Django's own.
JSON_FIELDS = [
    field
    for field in FIELDS
    if isinstance(field, JSONField) and field.model.__module__.startswith("chatapp.")
]
# A database creates a new row for another key.
PLAIN_FIELDS = [field for field in TEXT_FIELDS if not field.primary_key]

few_examples = examples(
    max_examples=examples().max_examples // 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def each(fields: list[Field]) -> Any:
    return pytest.mark.parametrize("field", fields, ids=str)


def test_every_model_has_a_row_to_try() -> None:
    assert {field.model for field in [*TEXT_FIELDS, *JSON_FIELDS]} <= ROWS.keys()


def by_save(row: Model, field: Field, value: Any) -> None:
    setattr(row, field.attname, value)
    row.save()


def by_named_save(row: Model, field: Field, value: Any) -> None:
    setattr(row, field.attname, value)
    row.save(update_fields=[field.name])


def by_update(row: Model, field: Field, value: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**{field.name: value})


def by_bulk_update(row: Model, field: Field, value: Any) -> None:
    setattr(row, field.attname, value)
    type(row)._base_manager.bulk_update([row], [field.name])


def by_bulk_create(row: Model, field: Field, value: Any) -> None:
    pk = row.pk
    row.delete()
    row.pk = pk
    setattr(row, field.attname, value)
    type(row)._base_manager.bulk_create([row])


def by_expression(row: Model, field: Field, value: Any) -> None:
    joined = Concat(Value(value[:1]), Value(value[1:]), output_field=TextField())
    type(row)._base_manager.filter(pk=row.pk).update(**{field.name: joined})


def by_raw_sql(row: Model, field: Field, value: Any) -> None:
    quote, meta = connection.ops.quote_name, row._meta
    pk = meta.pk.get_db_prep_value(row.pk, connection)
    statement = f"UPDATE {quote(meta.db_table)} SET {quote(field.column)} = %s WHERE {quote(meta.pk.column)} = %s"  # noqa: E501
    with connection.cursor() as cursor:
        cursor.execute(statement, [value, pk])
        cursor.executemany(statement, [(value, pk)])


WAYS = [by_save, by_named_save, by_update, by_bulk_update, by_bulk_create]
WAYS_OF_TEXT = [*WAYS, by_expression, by_raw_sql]


def shortly(ways: list[Callable[..., None]]) -> list[Any]:
    """Leave most ways to the long tests: there are hundreds of columns."""
    is_short = (by_save, by_raw_sql)
    return [way if way in is_short else pytest.param(way, marks=pytest.mark.long) for way in ways]


def fitting(field: Field, text: str) -> str:
    """Return as much of the text as fits, never an empty one, which constraints may refuse."""
    return f"x{text}"[: field.max_length]


def stored(row: Model, field: Field) -> Any:
    return type(row)._base_manager.filter(pk=row.pk).values_list(field.name, flat=True).get()


@each(PLAIN_FIELDS)
@pytest.mark.parametrize("way", shortly(WAYS_OF_TEXT))
def test_a_text_column_gets_valid_text(field: Field, way: Callable[..., None]) -> None:
    row = ROWS[field.model]()
    for text in TEXTS.values():
        value = fitting(field, text)
        way(row, field, value)

        if way is not by_expression:  # which concatenates two parameters in the database
            assert stored(row, field) == make_valid(value)
        assert is_valid(stored(row, field))


@each(PLAIN_FIELDS)
@pytest.mark.parametrize("name", LONG_TEXTS)
def test_a_text_column_gets_a_megabyte(field: Field, name: str) -> None:
    row, value = ROWS[field.model](), fitting(field, LONG_TEXTS[name])
    by_save(row, field, value)

    assert stored(row, field) == value


@each(PLAIN_FIELDS)
@given(text=ANY_TEXT)
@few_examples
def test_any_text_is_stored_as_valid_text(field: Field, text: str) -> None:
    row, value = ROWS[field.model](), fitting(field, text)
    for way in (by_save, by_update):
        way(row, field, value)
        assert stored(row, field) == make_valid(value)
    row.delete()


@each([field for field in TEXT_FIELDS if field.primary_key])
@pytest.mark.parametrize("name", TEXTS)
def test_a_key_gets_valid_text(field: Field, name: str) -> None:
    row = ROWS[field.model]()
    row.pk = fitting(field, TEXTS[name])
    row.save(force_insert=True)

    keys = field.model._base_manager.values_list("pk", flat=True)
    assert make_valid(row.pk) in keys
    assert all(map(is_valid, keys))


@each(TEXT_FIELDS)
def test_a_lookup_accepts_any_text(field: Field) -> None:
    for text in TEXTS.values():
        for lookup in ({field.name: text}, {f"{field.name}__in": [text]}):
            assert not field.model._base_manager.filter(**lookup).exists()


@each(JSON_FIELDS)
def test_every_json_column_uses_our_field(field: Field) -> None:
    assert isinstance(field, columns.JSONField)
    assert field.deconstruct()[1] == "django.db.models.JSONField"


@each(JSON_FIELDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_json_column_gets_valid_text(field: Field, way: Callable[..., None]) -> None:
    row = ROWS[field.model]()
    for text in TEXTS.values():
        check_json(row, field, way, json_of(text))


@each(JSON_FIELDS)
@pytest.mark.parametrize(
    "way", [by_save, *(pytest.param(way, marks=pytest.mark.long) for way in WAYS[1:])]
)
def test_a_json_column_gets_a_megabyte(field: Field, way: Callable[..., None]) -> None:
    row = ROWS[field.model]()
    for text in LONG_TEXTS.values():
        check_json(row, field, way, json_of(text))


def check_json(row: Model, field: Field, way: Callable[..., None], value: Any) -> None:
    way(row, field, value)

    assert stored(row, field) == make_valid_json(value)
    kept = source(row, field)
    assert make_valid_source(kept) == kept


@each(JSON_FIELDS)
@given(text=ANY_TEXT)
@few_examples
def test_any_json_is_stored_as_valid_text(field: Field, text: str) -> None:
    row, value = ROWS[field.model](), json_of(text)
    for way in (by_save, by_update):
        way(row, field, value)
        assert stored(row, field) == make_valid_json(value)
        assert is_valid(stored(row, field))
    row.delete()


@each(JSON_FIELDS)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="Postgres never took such JSON")
def test_json_stored_by_an_earlier_release_is_valid_when_read(field: Field) -> None:
    row = ROWS[field.model]()
    by_raw_sql(row, field, r'{"a\ud83d": ["\ude00", "b\u0000", "\ud83d\ude00"]}')

    assert stored(row, field) == {"a\ufffd": ["\ufffd", "b", "😀"]}


def test_a_reopened_connection_is_wrapped_once() -> None:
    again = connection.copy()
    for _ in range(2):
        again.connect()
        again.close()

    assert again.execute_wrappers.count(columns._with_valid_text) == 1


def test_many_rows_at_once_are_made_valid() -> None:
    """Postgres gets each of their columns as one list."""
    Group.objects.bulk_create([Group(name=f"{number}\0\ud83d") for number in range(3)])

    names = Group.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["0\ufffd", "1\ufffd", "2\ufffd"]


def test_parameters_by_name_are_made_valid() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %(text)s || %(text)s", {"text": "\0a\ud83d"})
        assert cursor.fetchone() == ("a\ufffda\ufffd",)


def test_a_session_cookie_of_a_stranger_may_contain_anything() -> None:
    for value in (r'"a\000aaaaaaaaaaa"', r'"\355\240\275aaaaaaaa"', "\xff" * 32):
        answer = Client().get("/", headers={"cookie": f"sessionid={value}"})

        assert answer.status_code == 302


@needs_postgres
@only_from_sqlite
@pytest.mark.timeout(300)
@pytest.mark.long
def test_these_tests_pass_on_postgres(tmp_path: Path) -> None:
    run_on_postgres(tmp_path, __file__)


def json_of(text: str) -> Any:
    return {f"k{text}": [text, {"deeper": [text, 1, None, True, 0.5]}]}


def source(row: Model, field: Field) -> str:
    """Return the stored value of the column."""
    rows = type(row)._base_manager.annotate(source=Cast(field.name, TextField()))
    return str(rows.values_list("source", flat=True).get(pk=row.pk))
