from django.urls import include, path

from chatapp.people.views import invitations, joining, people

urlpatterns = [
    path("people/", include("chatapp.people.action_urls")),
    path("people/", include("chatapp.people.sign_in_urls")),
    path("people/log/", include("chatapp.people.log_urls")),
    path("join/<str:invitation_token>/", joining.join_page, name="join"),
    path("people/", people.people, name="people"),
    path("people/invitations", invitations.invitations, name="people-invitations"),
    path(
        "people/invitations/<uuid:invitation_id>/revocation",
        invitations.revocation,
        name="people-invitation-revocation",
    ),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path(
        "people/<uuid:person_id>/password-link", people.password_link, name="people-password-link"
    ),
]
