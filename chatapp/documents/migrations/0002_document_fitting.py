from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_documents")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="fitting_count",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="fitting_tokens",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
