"""What each role may do, in one place. Views ask here and answer 404 where it isn't allowed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db.models import Q
from django.http import Http404, HttpRequest

from chatapp.accounts.roles import Role

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

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
    SHARE_PROJECTS = auto()  # let people of this instance into projects
    CHOOSE_ANY_MODEL = auto()  # others have a list of their own
    SET_SIGN_IN_POLICY = auto()  # which roles need two-step sign-in
    WRITE_SITE_PROMPTS = auto()  # saved prompts that everybody finds


EVERYBODY = frozenset(
    {
        Permission.USE_ACTING_TOOLS,
        Permission.SHARE,
        Permission.SHARE_PROJECTS,
        Permission.CHOOSE_ANY_MODEL,
    }
)
ADMINS = EVERYBODY | {
    Permission.MANAGE_PEOPLE,
    Permission.SEE_AUDIT_LOG,
    Permission.SEE_ALL_USAGE,
    Permission.WRITE_SITE_PROMPTS,
}

GRANTED = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: ADMINS,
    Role.MEMBER: EVERYBODY,
    Role.GUEST: frozenset(),
}
# Whom somebody who manages people may change, and which roles they may give. Nobody may change the
# owner, who only hands the ownership over.
MANAGED = {
    Role.OWNER: (Role.ADMIN, Role.MEMBER, Role.GUEST),
    Role.ADMIN: (Role.MEMBER, Role.GUEST),
}


def allows(person: AbstractBaseUser | AnonymousUser, permission: Permission) -> bool:
    """Return whether somebody may do this: nobody who is signed out or was deactivated may."""
    return person.is_active and permission in GRANTED[getattr(person, "role")]  # noqa: B009


def with_permission(permission: Permission, path: str = "") -> Q:
    """Return the condition of people with this permission; `path` leads to them, as `owner__`."""
    roles = [role for role in GRANTED if permission in GRANTED[role] and role != Role.OWNER]
    granted = Q(**{f"{path}assigned_role__in": roles, f"{path}is_owner": False})
    if permission in GRANTED[Role.OWNER]:
        granted |= Q(**{f"{path}is_owner": True})
    return granted & Q(**{f"{path}is_active": True})


def manages(actor: Person, person: Person) -> bool:
    """Return whether `actor` may change this person, which nobody may do to themselves."""
    return actor.pk != person.pk and person.role in assignable_roles(actor)


def assignable_roles(actor: Person) -> tuple[Role, ...]:
    """Return the roles that somebody may give, to people who have one of them already."""
    return MANAGED.get(actor.role, ()) if allows(actor, Permission.MANAGE_PEOPLE) else ()


def requires[**P](permission: Permission) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Answer 404 to people without this permission, as for an address that doesn't exist.

    It comes before any other decorator, so that they learn nothing from a wrong method either.
    """

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Any:
            request = args[0]
            if not isinstance(request, HttpRequest) or not allows(request.user, permission):
                raise Http404
            return view(*args, **kwargs)

        return markcoroutinefunction(checked) if iscoroutinefunction(view) else checked

    return decorate
