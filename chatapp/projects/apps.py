from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "chatapp.projects"

    def ready(self) -> None:
        from chatapp.projects import receivers  # noqa: F401  (apps must be loaded first)
