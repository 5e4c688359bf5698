"""What can be done to one person."""

from django.urls import path

from chatapp.people.views import deactivation, deletion, ownership, roles

urlpatterns = [
    path("<uuid:person_id>/role", roles.role, name="people-role"),
    path("<uuid:person_id>/deactivation", deactivation.deactivation, name="people-deactivation"),
    path("<uuid:person_id>/reactivation", deactivation.reactivation, name="people-reactivation"),
    path("<uuid:person_id>/deletion", deletion.deletion, name="people-deletion"),
    path("<uuid:person_id>/restoration", deletion.restoration, name="people-restoration"),
    path("<uuid:person_id>/ownership", ownership.ownership, name="people-ownership"),
]
