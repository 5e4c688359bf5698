from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate

from chatapp.server import columns, database_state
from chatapp.server.old_database import refuse_old_database


class ChatAppConfig(AppConfig):
    name = "chatapp"
    label = "chatapp"

    def ready(self) -> None:
        columns.watch_connections()
        database_state.watch_connections()
        pre_migrate.connect(refuse_old_database, sender=apps.get_app_config("conversations"))
