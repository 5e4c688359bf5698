from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0001_projects'),
    ]

    operations = [
        migrations.AddField(
            model_name='projectfile',
            name='refusal',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
    ]
