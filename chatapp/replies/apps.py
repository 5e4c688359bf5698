from django.apps import AppConfig


class RepliesConfig(AppConfig):
    name = "chatapp.replies"

    def ready(self) -> None:
        from chatapp.replies import titles  # noqa: F401  (listens to replies that end)
