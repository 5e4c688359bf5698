"""What each role may do, in one place. Views ask here and answer 404 where it isn't allowed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest

from chatapp.accounts.roles import Role

if TYPE_CHECKING:
    from chatapp.accounts.models import Person


class Permission(Enum):
    MANAGE_PEOPLE = auto()  # invite, deactivate, delete, set roles and caps below one's own
    TRANSFER_OWNERSHIP = auto()
    MANAGE_TOOLS = auto()  # MCP servers
    SEE_DIAGNOSTICS = auto()
    SEE_AUDIT_LOG = auto()
    SEE_ALL_USAGE = auto()
    USE_ACTING_TOOLS = auto()  # tools that change something or reach other people's servers
    SHARE = auto()  # make read-only pages of conversations
    SET_SIGN_IN_POLICY = auto()  # which roles need two-step sign-in


EVERYBODY = frozenset({Permission.USE_ACTING_TOOLS, Permission.SHARE})
ADMINS = EVERYBODY | {
    Permission.MANAGE_PEOPLE,
    Permission.SEE_AUDIT_LOG,
    Permission.SEE_ALL_USAGE,
}

GRANTED = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: ADMINS,
    Role.MEMBER: EVERYBODY,
    Role.GUEST: frozenset(),
}


def allows(person: Person, permission: Permission) -> bool:
    return person.is_active and permission in GRANTED[person.role]


def requires[**P](permission: Permission) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Answer 404 to people without this permission, as for an address that doesn't exist."""

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Any:
            request = args[0]
            if not isinstance(request, HttpRequest) or not allows(request.user, permission):  # type: ignore[arg-type]
                raise Http404
            return view(*args, **kwargs)

        return checked

    return decorate
