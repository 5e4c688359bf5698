from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0008_sidebar'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='personal_instructions',
            field=models.TextField(blank=True, db_default='', editable=False),
        ),
    ]
