"""The index itself: GIN on Postgres, built while others write; FTS5 on SQLite, kept by triggers.

SQLite drops triggers with their table: a migration that remakes `search_searchentry` has to add them
again.
"""

from django.db import migrations

POSTGRES = [
    # An interrupted build leaves an index that is not used.
    "DROP INDEX CONCURRENTLY IF EXISTS search_tokens",
    "CREATE INDEX CONCURRENTLY search_tokens ON search_searchentry USING gin (tokens)"
    " WITH (gin_pending_list_limit = 256)",
]
ADDED = """
    CREATE TRIGGER search_added AFTER INSERT ON search_searchentry BEGIN
        INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens);
    END
"""
SQLITE = [
    "DROP TABLE IF EXISTS search_fts",
    # Tokens come from the app: everything between spaces is one.
    """
    CREATE VIRTUAL TABLE search_fts USING fts5(
        tokens, content='search_searchentry', content_rowid='id', detail=none, columnsize=0,
        prefix='1 2 3', tokenize="ascii tokenchars '_.+#/-@:>~'''"
    )
    """,
    ADDED,
    """
    CREATE TRIGGER search_removed AFTER DELETE ON search_searchentry BEGIN
        INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
    END
    """,
    """
    CREATE TRIGGER search_changed AFTER UPDATE ON search_searchentry BEGIN
        INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens);
    END
    """,
]
REMOVED = {
    "postgresql": ["DROP INDEX CONCURRENTLY IF EXISTS search_tokens"],
    "sqlite": [
        *(f"DROP TRIGGER IF EXISTS search_{name}" for name in ("added", "removed", "changed")),
        "DROP TABLE IF EXISTS search_fts",
    ],
}


def add(apps, schema_editor):
    _run(schema_editor, POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def remove(apps, schema_editor):
    _run(schema_editor, REMOVED[schema_editor.connection.vendor])


def _run(schema_editor, statements):
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):

    atomic = False  # as CONCURRENTLY needs it

    dependencies = [
        ("search", "0001_initial"),
    ]

    operations = [migrations.RunPython(add, remove)]
