from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate

from chatapp.server.columns import watch_connections
from chatapp.server.old_database import refuse_old_database


class ChatAppConfig(AppConfig):
    name = "chatapp"
    label = "chatapp"

    def ready(self) -> None:
        watch_connections()
        pre_migrate.connect(refuse_old_database, sender=apps.get_app_config("conversations"))
