from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "chatapp.sharing"

    def ready(self) -> None:
        from chatapp.sharing import receivers  # noqa: F401  (apps must be loaded first)
