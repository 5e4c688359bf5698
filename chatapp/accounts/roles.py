"""Roles: what a person is on this site. `permissions` decides what each role may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Name a role. There is one owner, whom `Person.is_owner` marks; others are assigned theirs."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")
    GUEST = "guest", _("Guest")
