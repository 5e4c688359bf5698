from django.urls import path

from chatapp.projects.views import files

urlpatterns = [
    path("projects/<uuid:project_id>/files/", files.project_files, name="project_files"),
    path(
        "projects/<uuid:project_id>/files/<int:project_file_id>/removal",
        files.project_file_removal,
        name="project_file_removal",
    ),
]
