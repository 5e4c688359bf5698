"""A copy of the app with migrations that break what the last release relies on."""

import shutil
from pathlib import Path

from tests.servers.app import ROOT

FOLDER = Path("chatapp/conversations/migrations")
# Each is one migration: what it does, and what the linter must report, "" for nothing.
PLANTED = {
    "9001_adds": (
        'AddField("message", "empty", models.TextField(null=True)), '
        'migrations.AddField("message", "filled", models.TextField(db_default=""))',
        "",
    ),
    "9002_drops_a_column": ('RemoveField("message", "text")', "DROPPING columns"),
    "9003_drops_a_table": ('DeleteModel("defaults")', "DROPPING table"),
    "9004_renames": ('RenameField("conversation", "title", "name")', "RENAMING columns"),
    "9005_has_a_default_in_python": (
        'AddField("message", "unfilled", models.TextField(default=""))',
        "NOT NULL constraint on columns",
    ),
    # The linter takes the second default for one of the first column.
    "9006_hides_one_behind_another": (
        'AddField("message", "hidden", models.TextField(default="")), '
        'migrations.AddField("message", "seen", models.TextField(db_default=""))',
        "",
    ),
}
UNFILLED = {"name", "unfilled", "hidden"}

MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "{before}")]
    operations = [migrations.{operations}]
"""


def plant(folder: Path) -> Path:
    """Write the copy into a folder, and return the folder."""
    shutil.copy(ROOT / "manage.py", folder)
    shutil.copytree(ROOT / "chatapp", folder / "chatapp")
    before = max(path.stem for path in (folder / FOLDER).glob("[0-9]*.py"))
    for name, (operations, _said) in PLANTED.items():
        text = MIGRATION.format(before=before, operations=operations)
        (folder / FOLDER / f"{name}.py").write_text(text)
        before = name
    return folder
