from django.urls import path

from chatapp.projects.views import files, members

urlpatterns = [
    path("projects/<uuid:project_id>/files/", files.project_files, name="project-files"),
    path(
        "projects/<uuid:project_id>/files/return",
        files.project_file_return,
        name="project-file-return",
    ),
    path(
        "projects/<uuid:project_id>/files/<int:project_file_id>/removal",
        files.project_file_removal,
        name="project-file-removal",
    ),
    path("projects/<uuid:project_id>/leaving/", members.leaving, name="project-leaving"),
    path("projects/<uuid:project_id>/members/", members.members, name="project-members"),
    path(
        "projects/<uuid:project_id>/members/<uuid:person_id>/removal",
        members.removal,
        name="project-member-removal",
    ),
]
