from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "chatapp.spending"

    def ready(self) -> None:
        from chatapp.replies import line
        from chatapp.spending.line.service_line import service_line

        line.register(service_line)
