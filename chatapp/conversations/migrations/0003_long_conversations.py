from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_parts_of_images'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='deleted_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='estimated_tokens',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='is_plain',
            field=models.BooleanField(null=True),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='deleted_conversations'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('excluded', False), ('on_branch', True), ('role', 'user')), fields=['conversation', 'on_branch', 'role', 'excluded', 'position'], name='turns_of_branch'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('on_branch', False)), fields=['conversation', 'position'], name='messages_off_branch'),
        ),
    ]
