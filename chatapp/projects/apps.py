from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "chatapp.projects"

    def ready(self) -> None:
        from chatapp.projects import deleted_owners  # noqa: F401  (apps must be loaded first)
