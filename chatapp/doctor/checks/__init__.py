"""Every check of the doctor, in the order of the page. Each looks at one thing and gives its line;
whatever it raises becomes a red line too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatapp.doctor.checks import (
    backups,
    clock,
    connections,
    database,
    images,
    mail,
    memory,
    migrations,
    models,
    processes,
    release,
    room,
    service,
    socket,
    storage,
    streaming,
)


@dataclass(frozen=True, slots=True)
class Check:
    """`look` gives a Result; a coroutine function is awaited, any other gets its own thread.

    What is `in_browser` is measured by the page itself; what happens `once` is no part of a run.
    """

    name: str
    title: str | Promise
    look: Callable[[], Any]
    in_browser: bool = False
    once: bool = False


CHECKS = (
    Check("service", _("Model service"), service.look),
    Check("models", _("Models"), models.look),
    Check("streaming", _("Streaming"), streaming.look),
    Check("images", _("Images for the model"), images.look),
    Check("socket", _("Live line"), socket.look, in_browser=True),
    Check("database", _("Database"), database.look),
    Check("connections", _("Database connections"), connections.look),
    Check("room", _("Room in the database"), room.look),
    Check("migrations", _("Migrations"), migrations.look),
    Check("backups", _("Backups"), backups.look),
    Check("processes", _("Redis"), processes.look),
    Check("storage", _("Storage of images"), storage.look),
    Check("mail", _("E-mail"), mail.look),
    Check("clock", _("Clock"), clock.look),
    Check("memory", _("Memory"), memory.look),
    Check("release", _("Release"), release.look),
)
BY_NAME = {check.name: check for check in CHECKS}
