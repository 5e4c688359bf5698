"""The audit log: who did what that concerns others, and from where. Never texts of chats."""

import logging
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.server.client_address import client_address
from chatapp.server.columns import JSONField
from chatapp.server.database_errors import kind_of

KEPT = timedelta(days=180)

logger = logging.getLogger(__name__)


class Action(models.TextChoices):
    """What can be recorded. New ones go to the end of their group; values never change."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    SESSIONS_ENDED = "sessions_ended", _("Sessions ended")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    PASSWORD_LINK_MADE = "password_link_made", _("Password link made")
    EMAIL_CHANGED = "email_changed", _("Email changed")
    TWO_STEP_CHANGED = "two_step_changed", _("Two-step sign-in changed")
    INVITED = "invited", _("Invited")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
    JOINED = "joined", _("Joined")
    ROLE_CHANGED = "role_changed", _("Role changed")
    OWNERSHIP_TRANSFERRED = "ownership_transferred", _("Ownership transferred")
    DEACTIVATED = "deactivated", _("Deactivated")
    REACTIVATED = "reactivated", _("Reactivated")
    PERSON_DELETED = "person_deleted", _("Person deleted")
    PERSON_RESTORED = "person_restored", _("Person restored")
    POLICY_CHANGED = "policy_changed", _("Sign-in policy changed")
    CAP_CHANGED = "cap_changed", _("Cap changed")
    SHARED = "shared", _("Chat shared")
    SHARING_ENDED = "sharing_ended", _("Sharing ended")
    EXPORTED = "exported", _("Data exported")
    DELETED_FOR_GOOD = "deleted_for_good", _("Chats deleted for good")
    TOOL_SERVER_CHANGED = "tool_server_changed", _("Tool server changed")
    PROJECT_SHARED = "project_shared", _("Project shared")
    PROJECT_ACCESS_CHANGED = "project_access_changed", _("Access to a project changed")
    PROJECT_ACCESS_REMOVED = "project_access_removed", _("Access to a project removed")
    PROJECT_LEFT = "project_left", _("Project left")


class EntryManager(models.Manager["Entry"]):
    def record(
        self,
        action: Action,
        actor: Any = None,
        *,
        subject: str = "",
        request: HttpRequest | None = None,
        **details: Any,
    ) -> "Entry":
        """Record an action of a person, or of nobody who is signed in.

        `subject` names what it is about in a few words: an email or an id, never a text of a
        chat. `details` are values for JSON. A full database takes no entry, which must not stop
        the action: deleting is how space is freed. The entry is then only logged.
        """
        entry = Entry(
            action=action,
            actor=actor if actor is not None and actor.pk else None,
            actor_email=getattr(actor, "email", "") or "",
            subject=subject[:200],
            address=client_address(request).network if request else "",
            details=details,
        )
        try:
            with transaction.atomic():
                entry.save(using=self.db)
        except DatabaseError as error:
            if kind_of(error) != "full":
                raise
            logger.error("The database is full, so the audit log misses: %s", entry.action)
        return entry

    def remove_old(self) -> None:
        self.filter(at__lt=timezone.now() - KEPT).delete()


class Entry(models.Model):
    """One action. The person's email is kept, so that the entry outlives the account."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    action = models.CharField(max_length=30, choices=Action.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_email = models.EmailField(blank=True)
    subject = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=50, blank=True)  # a network for IPv6
    details = JSONField(default=dict)

    objects: ClassVar[EntryManager] = EntryManager()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_email} {self.action} {self.subject}"
