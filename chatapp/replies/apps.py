from django.apps import AppConfig


class RepliesConfig(AppConfig):
    name = "chatapp.replies"

    def ready(self) -> None:
        from chatapp.replies import departures, titles  # noqa: F401  (they listen to signals)
