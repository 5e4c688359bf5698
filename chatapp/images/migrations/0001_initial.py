# The first migration: migrations from before it were never released.

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('content_type', models.CharField(max_length=32)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('thumbnail_type', models.CharField(db_default='', default='', max_length=32)),
                ('animated', models.BooleanField(db_default=False, default=False)),
                ('byte_size', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('alt', models.CharField(blank=True, db_default='', default='', max_length=500)),
                ('bucket_key', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('keep_until', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImageData',
            fields=[
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='data', serialize=False, to='images.image')),
                ('content', models.BinaryField()),
                ('thumbnail', models.BinaryField(db_default=b'', default=b'')),
            ],
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(fields=['byte_size'], name='images_byte_size'),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.UniqueConstraint(fields=('owner', 'sha256'), name='images_once_per_owner'),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.UniqueConstraint(condition=models.Q(('bucket_key', ''), _negated=True), fields=('bucket_key',), name='images_one_row_per_key'),
        ),
    ]
