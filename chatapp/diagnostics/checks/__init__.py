"""All checks, in the order of the page. Each looks at one thing and returns a result; whatever it
raises becomes a red result too."""

from django.utils.translation import gettext_lazy as _

from chatapp.diagnostics.checks import (
    addresses,
    database,
    email,
    image_delivery,
    learned,
    live_updates,
    machine,
    model_service,
    storage,
)
from chatapp.diagnostics.runner import Check

CHECKS = (
    Check("service", _("Model service"), model_service.check_service),
    Check("models", _("Models"), model_service.check_models),
    Check(
        "learned",
        _("Learned about models"),
        learned.check_learned,
        action="diagnostics-forget",
        action_label=_("Forget all of it"),
    ),
    Check("streaming", _("Streaming"), model_service.check_streaming),
    Check("images", _("Images for the model"), image_delivery.check_images),
    Check("socket", _("Live updates"), live_updates.check_socket, in_browser=True),
    Check("addresses", _("Visitors' addresses"), addresses.check_addresses),
    Check("database", _("Database"), database.check_database),
    Check("connections", _("Database connections"), database.check_connections),
    Check("space", _("Database space"), database.check_space),
    Check("migrations", _("Migrations"), database.check_migrations),
    Check("backups", _("Backups"), database.check_backups),
    Check("redis", _("Redis"), live_updates.check_redis),
    Check("storage", _("Image storage"), storage.check_storage),
    Check("email", _("Email"), email.check_email),
    Check("clock", _("Clock"), machine.check_clock),
    Check("memory", _("Memory"), machine.check_memory),
    Check("release", _("Release"), machine.check_release),
)
BY_NAME = {check.name: check for check in CHECKS}
