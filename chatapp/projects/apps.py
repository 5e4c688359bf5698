from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "chatapp.projects"

    def ready(self) -> None:
        from chatapp.projects import deleted_owners, receivers  # noqa: F401  (apps must be loaded first)
