"""The index of documents itself: GIN on Postgres, FTS5 on SQLite, as in `0002_index`.

SQLite drops triggers with their table: a migration that remakes `search_documententry` has to add
them again.
"""

from django.db import migrations

POSTGRES = [
    # An interrupted build leaves an index that is not used.
    "DROP INDEX CONCURRENTLY IF EXISTS search_page_tokens",
    "CREATE INDEX CONCURRENTLY search_page_tokens ON search_documententry USING gin (tokens)"
    " WITH (gin_pending_list_limit = 256)",
]
SQLITE = [
    "DROP TABLE IF EXISTS search_pages_fts",
    # Tokens come from the app: everything between spaces is one.
    """
    CREATE VIRTUAL TABLE search_pages_fts USING fts5(
        tokens, content='search_documententry', content_rowid='id', detail=none, columnsize=0,
        prefix='1 2 3', tokenize="ascii tokenchars '_.+#/-@:>~'''"
    )
    """,
    """
    CREATE TRIGGER search_page_added AFTER INSERT ON search_documententry BEGIN
        INSERT INTO search_pages_fts(rowid, tokens) VALUES (new.id, new.tokens);
    END
    """,
    """
    CREATE TRIGGER search_page_removed AFTER DELETE ON search_documententry BEGIN
        INSERT INTO search_pages_fts(search_pages_fts, rowid, tokens)
        VALUES ('delete', old.id, old.tokens);
    END
    """,
]
REMOVED = {
    "postgresql": ["DROP INDEX CONCURRENTLY IF EXISTS search_page_tokens"],
    "sqlite": [
        *(f"DROP TRIGGER IF EXISTS search_page_{name}" for name in ("added", "removed")),
        "DROP TABLE IF EXISTS search_pages_fts",
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
        ("search", "0003_documententry"),
    ]

    operations = [migrations.RunPython(add, remove)]
