from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "chatapp.spending"

    def ready(self) -> None:
        from chatapp.conversations import reply_costs
        from chatapp.spending.reply_costs import costs_of

        reply_costs.register(costs_of)
