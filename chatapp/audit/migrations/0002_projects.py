from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='action',
            field=models.CharField(choices=[('signed_in', 'Signed in'), ('sign_in_failed', 'Sign-in failed'), ('sessions_ended', 'Sessions ended'), ('password_changed', 'Password changed'), ('password_link_made', 'Password link made'), ('email_changed', 'Email changed'), ('two_step_changed', 'Two-step sign-in changed'), ('invited', 'Invited'), ('invitation_revoked', 'Invitation revoked'), ('joined', 'Joined'), ('role_changed', 'Role changed'), ('ownership_transferred', 'Ownership transferred'), ('deactivated', 'Deactivated'), ('reactivated', 'Reactivated'), ('person_deleted', 'Person deleted'), ('person_restored', 'Person restored'), ('policy_changed', 'Sign-in policy changed'), ('cap_changed', 'Cap changed'), ('shared', 'Chat shared'), ('sharing_ended', 'Sharing ended'), ('exported', 'Data exported'), ('deleted_for_good', 'Chats deleted for good'), ('tool_server_changed', 'Tool server changed'), ('project_shared', 'Project shared'), ('project_access_changed', 'Access to a project changed'), ('project_access_removed', 'Access to a project removed'), ('project_left', 'Project left')], max_length=30),
        ),
    ]
