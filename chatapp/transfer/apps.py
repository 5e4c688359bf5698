from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "chatapp.transfer"
    label = "transfer"

    def ready(self) -> None:
        from chatapp.transfer.archive import export  # noqa: F401  (registers the kind of job)
