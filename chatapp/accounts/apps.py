from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chatapp.accounts"
    label = "accounts"

    def ready(self) -> None:
        from chatapp.accounts.two_step import receivers  # noqa: F401  (apps must be loaded first)
