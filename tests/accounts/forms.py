"""Look at forms as a browser without scripts does."""

import re


def has_cursor(page: str, name: str) -> bool:
    """Return whether the cursor is in the field of this name, and in no other."""
    fields = re.findall("<input[^>]*autofocus[^>]*>", page)
    return len(fields) == 1 and f'name="{name}"' in fields[0]
