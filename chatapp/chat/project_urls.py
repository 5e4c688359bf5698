"""Projects as a place: their pages, and which chat is in which of them."""

from django.urls import path

from chatapp.chat.views.projects import deletion, listing, moving, page, settings

urlpatterns = [
    path("projects/", listing.projects, name="projects"),
    path("projects/<uuid:project_id>/", page.project, name="project"),
    path("projects/<uuid:project_id>/deletion/", deletion.deletion, name="project-deletion"),
    path(
        "projects/<uuid:project_id>/instructions/", page.instructions, name="project-instructions"
    ),
    path("projects/<uuid:project_id>/removal", deletion.removal, name="project-removal"),
    path(
        "projects/<uuid:project_id>/restoration", deletion.restoration, name="project-restoration"
    ),
    path("projects/<uuid:project_id>/settings/", settings.settings, name="project-settings"),
    path("c/<uuid:conversation_id>/project/", moving.moving, name="conversation-project"),
]
