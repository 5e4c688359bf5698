"""What happened, as a sentence for each entry of the audit log."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.spending.dollars import shown

METHODS = {
    "password": gettext_lazy("a password"),
    "single_sign_on": gettext_lazy("single sign-on"),
    "webauthn": gettext_lazy("a passkey"),
    "totp": gettext_lazy("a code"),
    "recovery_codes": gettext_lazy("a recovery code"),
    "mfa": gettext_lazy("a second step"),
    "code": gettext_lazy("a code"),
    "invitation": gettext_lazy("an invitation"),
    "first_account": gettext_lazy("the first account"),
}
TOOL_CHANGES = {
    "added": gettext_lazy("%(who)s added the tool server %(subject)s."),
    "removed": gettext_lazy("%(who)s removed the tool server %(subject)s."),
    "access": gettext_lazy("%(who)s changed what the tools of %(subject)s may do."),
}
SECOND_STEPS = {
    "added": gettext_lazy("%(who)s added a second step to %(subject)s."),
    "removed": gettext_lazy("%(who)s removed a second step from %(subject)s."),
    "reset": gettext_lazy("%(who)s removed all second steps from %(subject)s."),
}
# Of a day or a month: set, and removed.
CAPS = {
    "day": (
        gettext_lazy("%(who)s set the cap of %(subject)s to %(amount)s a day."),
        gettext_lazy("%(who)s removed the cap of %(subject)s for a day."),
    ),
    "month": (
        gettext_lazy("%(who)s set the cap of %(subject)s to %(amount)s a month."),
        gettext_lazy("%(who)s removed the cap of %(subject)s for a month."),
    ),
}
SENTENCES = {
    Action.SESSIONS_ENDED: gettext_lazy("%(who)s ended sessions of %(subject)s."),
    Action.PASSWORD_CHANGED: gettext_lazy("%(who)s changed the password of %(subject)s."),
    Action.PASSWORD_LINK_MADE: gettext_lazy("%(who)s made a password link for %(subject)s."),
    Action.EMAIL_CHANGED: gettext_lazy("%(who)s changed an email to %(subject)s."),
    Action.TWO_STEP_CHANGED: gettext_lazy("%(who)s changed a second step of %(subject)s."),
    Action.INVITED: gettext_lazy("%(who)s invited %(subject)s."),
    Action.INVITATION_REVOKED: gettext_lazy("%(who)s revoked the invitation of %(subject)s."),
    Action.JOINED: gettext_lazy("%(who)s joined."),
    Action.ROLE_CHANGED: gettext_lazy("%(who)s changed the role of %(subject)s."),
    Action.OWNERSHIP_TRANSFERRED: gettext_lazy("%(who)s made %(subject)s the owner."),
    Action.DEACTIVATED: gettext_lazy("%(who)s deactivated the account of %(subject)s."),
    Action.REACTIVATED: gettext_lazy("%(who)s reactivated the account of %(subject)s."),
    Action.PERSON_DELETED: gettext_lazy("%(who)s deleted the account of %(subject)s."),
    Action.PERSON_RESTORED: gettext_lazy("%(who)s restored the account of %(subject)s."),
    Action.POLICY_CHANGED: gettext_lazy("%(who)s changed how people must sign in."),
    Action.CAP_CHANGED: gettext_lazy("%(who)s changed the cap of %(subject)s."),
    Action.TOOL_SERVER_CHANGED: gettext_lazy("%(who)s changed the tool server %(subject)s."),
    Action.SHARED: gettext_lazy("%(who)s shared a chat by a link."),
    Action.SHARING_ENDED: gettext_lazy("%(who)s stopped sharing a chat."),
    Action.PROJECT_SHARED: gettext_lazy("%(who)s shared a project with %(subject)s."),
    Action.PROJECT_ACCESS_CHANGED: gettext_lazy(
        "%(who)s changed what %(subject)s may do in a project."
    ),
    Action.PROJECT_ACCESS_REMOVED: gettext_lazy(
        "%(who)s stopped sharing a project with %(subject)s."
    ),
    Action.PROJECT_LEFT: gettext_lazy("%(who)s left a project of %(subject)s."),
    Action.EXPORTED: gettext_lazy("%(who)s exported all of their data."),
}
# With whom a project is shared: to chat in it, and only to read it.
PROJECT_ACCESS = {
    True: gettext_lazy("%(who)s let %(subject)s chat in a project."),
    False: gettext_lazy("%(who)s let %(subject)s read a project."),
}
WITH_ROLE = {
    Action.INVITED: gettext_lazy("%(who)s invited %(subject)s as %(role)s."),
    Action.JOINED: gettext_lazy("%(who)s joined as %(role)s."),
    Action.ROLE_CHANGED: gettext_lazy("%(who)s made %(subject)s %(role)s."),
}
# What to call whom an entry is about when it doesn't say.
NOBODY = {
    Action.PROJECT_SHARED: gettext_lazy("somebody"),
    Action.PROJECT_ACCESS_CHANGED: gettext_lazy("somebody"),
    Action.PROJECT_ACCESS_REMOVED: gettext_lazy("somebody"),
    Action.PROJECT_LEFT: gettext_lazy("somebody"),
    Action.INVITED: gettext_lazy("somebody"),
    Action.INVITATION_REVOKED: gettext_lazy("somebody"),
    Action.TOOL_SERVER_CHANGED: gettext_lazy("this site"),
    Action.CAP_CHANGED: gettext_lazy("this site"),
}


def sentence(entry: Entry) -> str:
    """Return what happened. Unknown actions, of a later release, are shown by their value."""
    if entry.action not in Action:
        return entry.action
    action = Action(entry.action)
    return _SPECIAL.get(action, _plain)(action, entry)


def who(entry: Entry) -> str:
    """Return the name of who did it, or the email, which outlives the account."""
    name = entry.actor.name if entry.actor else ""
    return name or entry.actor_email or _("Somebody")


def _plain(action: Action, entry: Entry) -> str:
    role = entry.details.get("role")
    is_known = role in Role and action in WITH_ROLE
    template = WITH_ROLE[action] if is_known else SENTENCES[action]
    named = {"role": Role(role).label.lower()} if is_known else {}
    return template % (_words(action, entry) | named)


def _signed_in(action: Action, entry: Entry) -> str:
    methods = entry.details.get("methods")
    known = [str(METHODS[each]) for each in methods if each in METHODS] if methods else []
    words = _words(action, entry) | {"how": _(" and ").join(known)}
    template = _("%(who)s signed in with %(how)s.") if known else _("%(who)s signed in.")
    return template % words


def _sign_in_failed(action: Action, entry: Entry) -> str:
    method = entry.details.get("method")
    words = {"subject": entry.subject, "how": METHODS.get(method, METHODS["password"])}
    if not entry.subject:
        return _("Somebody failed to sign in with %(how)s, for no account here.") % words
    return _("Somebody failed to sign in as %(subject)s with %(how)s.") % words


def _deleted_for_good(action: Action, entry: Entry) -> str:
    count = entry.details.get("count", 1)
    template = ngettext(
        "%(who)s deleted %(count)s chat for good.",
        "%(who)s deleted %(count)s chats for good.",
        count,
    )
    return template % (_words(action, entry) | {"count": count})


def _project_shared(action: Action, entry: Entry) -> str:
    template = PROJECT_ACCESS.get(entry.details.get("can_chat"), SENTENCES[action])
    return template % _words(action, entry)


def _changed(action: Action, entry: Entry) -> str:
    """Return the sentence of the kind of change that the entry names."""
    known = SECOND_STEPS if action == Action.TWO_STEP_CHANGED else TOOL_CHANGES
    template = known.get(entry.details.get("change", ""), SENTENCES[action])
    return template % _words(action, entry)


def _cap_changed(action: Action, entry: Entry) -> str:
    facts = entry.details
    amount, period, kind = facts.get("amount"), facts.get("period"), facts.get("kind")
    words = _words(action, entry)
    if kind == "instance":
        words["subject"] = _("this site")
    elif kind == "role" and entry.subject in Role:
        words["subject"] = _("each %(role)s") % {"role": Role(entry.subject).label.lower()}
    if period not in CAPS:
        return SENTENCES[action] % words
    changed, removed = CAPS[period]
    if amount is None:
        return removed % words
    return changed % (words | {"amount": shown(amount)})


def _email_changed(action: Action, entry: Entry) -> str:
    # The entry keeps the email that the person had when it was written, the old or the new one.
    old = entry.details.get("old_email")
    words = {"who": who(entry), "subject": entry.subject, "old": old}
    template = _("%(who)s changed the email %(old)s to %(subject)s.") if old else SENTENCES[action]
    return template % words


def _words(action: Action, entry: Entry) -> dict[str, Any]:
    subject = entry.subject
    if not subject:
        subject = str(NOBODY[action]) if action in NOBODY else _("their own account")
    elif subject == entry.actor_email:
        subject = _("their own account")
    return {"who": who(entry), "subject": subject}


_SPECIAL: dict[Action, Callable[[Action, Entry], str]] = {
    Action.SIGNED_IN: _signed_in,
    Action.SIGN_IN_FAILED: _sign_in_failed,
    Action.DELETED_FOR_GOOD: _deleted_for_good,
    Action.CAP_CHANGED: _cap_changed,
    Action.EMAIL_CHANGED: _email_changed,
    Action.TOOL_SERVER_CHANGED: _changed,
    Action.TWO_STEP_CHANGED: _changed,
    Action.PROJECT_SHARED: _project_shared,
    Action.PROJECT_ACCESS_CHANGED: _project_shared,
}
