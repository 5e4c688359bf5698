from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "chatapp.sharing"

    def ready(self) -> None:
        from chatapp.sharing import removal  # noqa: F401  (listens to conversations that are deleted)
