from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('spending', '0003_kept_sums'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='budget',
            name='summed',
        ),
    ]
