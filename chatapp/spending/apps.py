from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "chatapp.spending"

    def ready(self) -> None:
        from chatapp.conversations import reply_costs
        from chatapp.replies import accounting
        from chatapp.spending.ledger import Ledger
        from chatapp.spending.reply_costs import costs_of

        accounting.register(Ledger())
        reply_costs.register(costs_of)
