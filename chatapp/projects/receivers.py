"""What projects do when the packages below report something."""

import logging
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from chatapp.conversations.signals import trash_expired
from chatapp.projects import trash

logger = logging.getLogger(__name__)


@receiver(trash_expired)
def remove_expired(now: datetime, **_signal: Any) -> None:
    if count := trash.remove_expired(now):
        logger.info("Deleted %s projects that were in the trash", count)
