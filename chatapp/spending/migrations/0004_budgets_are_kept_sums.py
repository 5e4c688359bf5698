from django.db import migrations, models


class Migration(migrations.Migration):
    """Code that is still running goes on filling the column. A later release drops it."""

    dependencies = [
        ('spending', '0003_kept_sums'),
    ]

    operations = [
        migrations.AlterField(
            model_name='budget',
            name='summed',
            field=models.BigIntegerField(null=True, db_default=0),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name='budget', name='summed')],
        ),
    ]
