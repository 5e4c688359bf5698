from django.apps import AppConfig


class McpConfig(AppConfig):
    name = "chatapp.mcp"

    def ready(self) -> None:
        from chatapp.mcp import checks  # noqa: F401  (registers itself)
