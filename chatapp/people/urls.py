from django.urls import path

from chatapp.people.views import (
    deactivation,
    deletion,
    invitations,
    joining,
    leaving,
    log,
    ownership,
    people,
    policy,
    roles,
    two_step,
)

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invitations", invitations.invitations, name="people-invitations"),
    path(
        "people/invitations/<uuid:invitation_id>/revocation",
        invitations.revocation,
        name="people-invitation-revocation",
    ),
    path("people/sign-in/", policy.policy, name="sign-in-policy"),
    path("people/log/", log.audit_log, name="audit-log"),
    path("people/log/file", log.audit_log_file, name="audit-log-file"),
    # One person, and what can be done to them.
    path("people/<uuid:person_id>/", people.person, name="person"),
    path(
        "people/<uuid:person_id>/password-link", people.password_link, name="people-password-link"
    ),
    path("people/<uuid:person_id>/two-step", two_step.two_step, name="people-two-step"),
    path("people/<uuid:person_id>/role", roles.role, name="people-role"),
    path(
        "people/<uuid:person_id>/deactivation",
        deactivation.deactivation,
        name="people-deactivation",
    ),
    path(
        "people/<uuid:person_id>/reactivation",
        deactivation.reactivation,
        name="people-reactivation",
    ),
    path("people/<uuid:person_id>/deletion", deletion.deletion, name="people-deletion"),
    path("people/<uuid:person_id>/restoration", deletion.restoration, name="people-restoration"),
    path("people/<uuid:person_id>/ownership", ownership.ownership, name="people-ownership"),
    # What people do to their own accounts.
    path("join/<str:invitation_token>/", joining.join_page, name="join"),
    path("account/deletion/", leaving.deletion, name="account-deletion"),
]
