from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "chatapp.spending"

    def ready(self) -> None:
        from chatapp.conversations import reply_costs
        from chatapp.replies import accounting, line
        from chatapp.spending.ledger import Ledger
        from chatapp.spending.line.service_line import service_line
        from chatapp.spending.reply_costs import costs_of

        accounting.register(Ledger())
        line.register(service_line)
        reply_costs.register(costs_of)
