import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spending', '0002_waiting_line'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='modelcall',
            name='unsummed',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, null=True),
        ),
        migrations.AddIndex(
            model_name='modelcall',
            index=models.Index(condition=models.Q(('unsummed__isnull', False)), fields=['unsummed'], name='unsummed_calls'),
        ),
        migrations.CreateModel(
            name='SummedZone',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='DaySum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calls', models.PositiveIntegerField(default=0)),
                ('cost', models.PositiveBigIntegerField(default=0)),
                ('input_tokens', models.PositiveBigIntegerField(default=0)),
                ('output_tokens', models.PositiveBigIntegerField(default=0)),
                ('estimated', models.PositiveIntegerField(default=0)),
                ('unpriced', models.PositiveIntegerField(default=0)),
                ('day', models.DateField()),
                ('model', models.CharField(max_length=100)),
                ('purpose', models.CharField(max_length=20)),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='sums_by_day')],
                'constraints': [models.UniqueConstraint(fields=('person', 'day', 'model', 'purpose'), name='one_sum_of_a_day')],
            },
        ),
        migrations.CreateModel(
            name='ChatSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calls', models.PositiveIntegerField(default=0)),
                ('cost', models.PositiveBigIntegerField(default=0)),
                ('input_tokens', models.PositiveBigIntegerField(default=0)),
                ('output_tokens', models.PositiveBigIntegerField(default=0)),
                ('estimated', models.PositiveIntegerField(default=0)),
                ('unpriced', models.PositiveIntegerField(default=0)),
                ('month', models.DateField()),
                ('conversation_id', models.UUIDField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'month', '-cost', '-output_tokens'], name='dearest_chats')],
                'constraints': [models.UniqueConstraint(fields=('person', 'month', 'conversation_id'), name='one_sum_of_a_chat')],
            },
        ),
    ]
