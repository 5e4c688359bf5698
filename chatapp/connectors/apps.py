from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "chatapp.connectors"

    def ready(self) -> None:
        from chatapp.connectors import checks  # noqa: F401  (registers itself)
