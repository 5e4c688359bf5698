"""What SQLite says of itself."""

from django.db import connection


def size() -> int:
    """In bytes, with what is still in the log beside the file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])
