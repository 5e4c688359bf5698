from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "chatapp.conversations"
    label = "conversations"

    def ready(self) -> None:
        from chatapp.conversations import (  # noqa: F401  (apps must be loaded first)
            closing_sockets,
            news,
        )
