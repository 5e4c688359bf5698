from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "chatapp.spending"

    def ready(self) -> None:
        from chatapp.replies import accounting, line
        from chatapp.spending.ledger import Ledger
        from chatapp.spending.line.service_line import service_line

        accounting.register(Ledger())
        line.register(service_line)
