from django.apps import AppConfig

from chatapp.server.columns import watch_connections


class ChatAppConfig(AppConfig):
    name = "chatapp"
    label = "chatapp"

    def ready(self) -> None:
        watch_connections()
