# The first migration: migrations from before it were never released.

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('images', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Defaults',
            fields=[
                ('model', models.CharField(max_length=100)),
                ('instructions', models.TextField(blank=True)),
                ('thinking', models.CharField(blank=True, choices=[('', 'Off'), ('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('temperature', models.FloatField(blank=True, null=True)),
                ('top_p', models.FloatField(blank=True, null=True)),
                ('max_tokens', models.PositiveIntegerField(blank=True, null=True)),
                ('tool_choices', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'defaults',
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('model', models.CharField(max_length=100)),
                ('instructions', models.TextField(blank=True)),
                ('thinking', models.CharField(blank=True, choices=[('', 'Off'), ('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('temperature', models.FloatField(blank=True, null=True)),
                ('top_p', models.FloatField(blank=True, null=True)),
                ('max_tokens', models.PositiveIntegerField(blank=True, null=True)),
                ('tool_choices', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('titled_by', models.CharField(choices=[('nobody', 'Nobody'), ('model', 'Model'), ('person', 'Person')], default='nobody', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('active_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('allowed_tools', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.UUIDField(default=uuid.uuid4)),
                ('text', models.TextField(blank=True)),
                ('tab', models.UUIDField(default=uuid.uuid4)),
                ('edit', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='conversations.conversation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('on_branch', models.BooleanField(default=True)),
                ('excluded', models.BooleanField(default=False)),
                ('role', models.CharField(choices=[('user', 'User'), ('assistant', 'Assistant')], max_length=10)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('streaming', 'Streaming'), ('waiting', 'Waiting'), ('complete', 'Complete'), ('stopped', 'Stopped'), ('failed', 'Failed')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('html', models.TextField(blank=True)),
                ('html_version', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client_id', models.UUIDField(null=True)),
                ('changes', models.JSONField(default=dict)),
                ('model', models.CharField(blank=True, max_length=100)),
                ('thinking', models.CharField(blank=True, choices=[('', 'Off'), ('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('instructions_digest', models.CharField(blank=True, max_length=16)),
                ('reasoning', models.TextField(blank=True)),
                ('thought_seconds', models.FloatField(null=True)),
                ('notices', models.JSONField(default=dict)),
                ('resume_positions', models.JSONField(default=list)),
                ('error', models.TextField(blank=True)),
                ('error_kind', models.CharField(blank=True, choices=[('blocked', 'Blocked'), ('refused', 'Refused')], max_length=10)),
                ('finish_reason', models.CharField(blank=True, max_length=20)),
                ('prompt_tokens', models.PositiveIntegerField(null=True)),
                ('completion_tokens', models.PositiveIntegerField(null=True)),
                ('usage_is_estimated', models.BooleanField(db_default=False, default=False)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('leased_by', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('leased_until', models.DateTimeField(null=True)),
                ('takeovers', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('crashes', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('stop_requested_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('first_token_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='conversations.conversation')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='conversations.message')),
            ],
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('link', models.URLField(blank=True, max_length=2000)),
                ('refusal', models.CharField(blank=True, db_default='', default='', max_length=500)),
                ('image', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='images.image')),
                ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='conversations.draft')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='conversations.message')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ToolCall',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('index', models.PositiveSmallIntegerField()),
                ('text_length', models.PositiveIntegerField()),
                ('call_id', models.CharField(max_length=200)),
                ('name', models.CharField(max_length=200)),
                ('arguments', models.TextField()),
                ('state', models.CharField(choices=[('awaiting_approval', 'Awaiting Approval'), ('ready', 'Ready'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('denied', 'Denied'), ('unknown', 'Unknown')], max_length=20)),
                ('content', models.TextField(blank=True, db_default='', default='')),
                ('summary', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('error', models.TextField(blank=True, db_default='', default='')),
                ('note', models.TextField(blank=True, db_default='', default='')),
                ('seconds', models.FloatField(null=True)),
                ('reply', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tool_calls', to='conversations.message')),
            ],
            options={
                'ordering': ['reply', 'round', 'index'],
            },
        ),
        migrations.CreateModel(
            name='ToolCallImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tool_call_images', to='images.image')),
                ('tool_call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to='conversations.toolcall')),
            ],
            options={
                'ordering': ['tool_call', 'position'],
            },
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['owner', '-active_at', '-id'], include=('title',), name='sidebar'),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(fields=['person', 'client_id'], name='draft_of_message'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(condition=models.Q(('conversation__isnull', False)), fields=('person', 'conversation'), name='one_draft_per_conversation'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(condition=models.Q(('conversation__isnull', True)), fields=('person',), name='one_draft_for_the_empty_page'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'streaming'])), fields=['status'], name='running_replies'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['status'], name='waiting_replies'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('author', 'client_id'), name='one_message_per_send'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('on_branch', True)), fields=('conversation', 'position'), name='one_message_per_position'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(fields=('message', 'position'), name='one_attachment_per_position'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('image', None), ('link__gt', '')), models.Q(('image__isnull', False), ('link', '')), _connector='OR'), name='either_image_or_link'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('draft__isnull', False), ('message', None)), models.Q(('draft', None), ('message__isnull', False)), _connector='OR'), name='beside_message_or_draft'),
        ),
        migrations.AddConstraint(
            model_name='toolcall',
            constraint=models.UniqueConstraint(fields=('reply', 'round', 'index'), name='one_tool_call_per_position'),
        ),
        migrations.AddConstraint(
            model_name='toolcallimage',
            constraint=models.UniqueConstraint(fields=('tool_call', 'position'), name='one_image_per_position_of_call'),
        ),
    ]
