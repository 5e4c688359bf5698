from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "chatapp.spending"

    def ready(self) -> None:
        from chatapp.replies import accounting
        from chatapp.spending.ledger import Ledger

        accounting.register(Ledger())
