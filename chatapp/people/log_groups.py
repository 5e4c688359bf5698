"""Actions of the audit log by group, for the filter of its page."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from chatapp.audit.models import Action

GROUPS: Final = {
    "sign-in": (
        _("Sign-ins"),
        (Action.SIGNED_IN, Action.SIGN_IN_FAILED, Action.SESSIONS_ENDED),
    ),
    "account": (
        _("Passwords, emails and two-step sign-in"),
        (
            Action.PASSWORD_CHANGED,
            Action.PASSWORD_LINK_MADE,
            Action.EMAIL_CHANGED,
            Action.TWO_STEP_CHANGED,
        ),
    ),
    "people": (
        _("Invitations, people and roles"),
        (
            Action.INVITED,
            Action.INVITATION_REVOKED,
            Action.JOINED,
            Action.ROLE_CHANGED,
            Action.OWNERSHIP_TRANSFERRED,
            Action.DEACTIVATED,
            Action.REACTIVATED,
            Action.PERSON_DELETED,
            Action.PERSON_RESTORED,
        ),
    ),
    "chats": (
        _("Sharing, exports and deletions"),
        (
            Action.SHARED,
            Action.SHARING_ENDED,
            Action.PROJECT_SHARED,
            Action.PROJECT_ACCESS_CHANGED,
            Action.PROJECT_ACCESS_REMOVED,
            Action.PROJECT_LEFT,
            Action.EXPORTED,
            Action.DELETED_FOR_GOOD,
        ),
    ),
    "settings": (
        _("Caps, tools and policies"),
        (Action.CAP_CHANGED, Action.TOOL_SERVER_CHANGED, Action.POLICY_CHANGED),
    ),
}
