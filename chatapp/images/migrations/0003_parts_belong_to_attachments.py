"""The model no longer names the columns; the next release drops them (docs/releases.md)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("images", "0002_remarks_and_parts"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="image", name="part"),
                migrations.RemoveField(model_name="image", name="part_count"),
            ]
        ),
    ]
