from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "chatapp.search"
    label = "search"

    def ready(self) -> None:
        from chatapp.search import receivers  # noqa: F401  (apps must be loaded first)
