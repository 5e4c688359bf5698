from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_my_account'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInPolicy',
            fields=[
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('member', 'Member'), ('guest', 'Guest')], max_length=10, primary_key=True, serialize=False)),
                ('two_step_required', models.BooleanField(default=False)),
            ],
        ),
    ]
