from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "chatapp.conversations"
    label = "conversations"

    def ready(self) -> None:
        from chatapp.conversations import closing_sockets  # noqa: F401  (apps must be loaded first)
