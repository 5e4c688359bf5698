from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chatapp.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Apps must be loaded first.
        from chatapp.accounts import sign_in_log as sign_in_log
        from chatapp.accounts.my_account import receivers as receivers
        from chatapp.accounts.two_step import receivers as two_step_receivers  # noqa: F401
