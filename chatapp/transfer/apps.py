from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "chatapp.transfer"
    label = "transfer"

    def ready(self) -> None:
        # Both register their kind of job.
        from chatapp.transfer.archive import export  # noqa: F401
        from chatapp.transfer.importing import job  # noqa: F401
