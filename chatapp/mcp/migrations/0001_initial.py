# The first migration: migrations from before it were never released.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Server',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('url', models.URLField(max_length=500)),
                ('encrypted_token', models.TextField(blank=True)),
                ('is_enabled', models.BooleanField(default=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ToolSetting',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('access', models.CharField(choices=[('off', 'Off'), ('ask', 'Ask first'), ('allow', 'Run automatically')], max_length=5)),
                ('remote_name', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('parameters', models.JSONField(default=dict)),
                ('is_declared_read_only', models.BooleanField(default=False)),
                ('is_removed', models.BooleanField(default=False)),
                ('server', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tools', to='mcp.server')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
    ]
