from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceList',
            fields=[
                ('service', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('entries', models.JSONField(db_default=Value([], models.JSONField()), default=list)),
            ],
        ),
    ]
