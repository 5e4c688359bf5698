"""Every address of the site, and which roles find it. A new one fails here until it has a line.

What belongs to one person has tables of its own: `chat/test_access`, `sharing/test_access`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from chatapp.accounts.models import Person
from chatapp.mcp.models import Server
from tests.support.people import ROLES, SIGNED_OUT, STRANGER
from tests.support.roles import person_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service"),
]

OWNER_ONLY = {
    "tools",
    "tools-built-in",
    "server-add",
    "server-tools",
    "server-check",
    "server-change",
    "server-remove",
    "diagnostics",
    "diagnostics-report",
    "diagnostics-check",
    "diagnostics-email",
    "diagnostics-forget",
    "people-ownership",
    "sign-in-policy",
}
ADMINS = {
    "password-links",
    "person",
    "people-role",
    "people-deactivation",
    "people-reactivation",
    "people-deletion",
    "people-restoration",
    "people",
    "people-invitations",
    "people-password-link",
    "people-two-step",
    "audit-log",
    "audit-log-file",
    "usage-everybody",
    "usage-everybody-calls",
    "usage-caps",
}
NOT_GUESTS = {"shares"}
EVERYBODY = {
    "home",
    "conversations",
    "conversation-menu",
    "image-tools",
    "reading-tools",
    "draft",
    "batch",
    "archive",
    "projects",
    "trash",
    "emptying",
    "defaults",
    "storage",
    "documents",
    "document-choice",
    "images",
    "image-links",
    "transfer",
    "exports",
    "export-removal",
    "imports",
    "import-files",
    "import-start",
    "import-cancellation",
    "search",
    "search-palette",
    "prompts",
    "saved-prompt-export",
    "saved-prompt-import",
    "saved-prompt-new",
    "saved-prompt-picker",
    "account_change_password",
    "password-changed",
    "account_reauthenticate",
    "account",
    "account-deletion",
    "account-email",
    "account-name",
    "account-time-zone",
    "personal-instructions",
    "other-sessions-removal",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "usage",
    "usage-calls",
    "usage-cap",
}
# Also for whoever is signed out.
PUBLIC = {
    "healthz",
    "readyz",
    "theme",
    "welcome",
    "session",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "diagnostics-image",
    "image-for-model",
    "join",
    "single-sign-on",
    "single-sign-on-callback",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "two-step-start-again",
}
# Nobody finds these before they have what they are about; `tests/accounts` has the rest.
OF_ONESELF = {
    "email-confirmation",
    "session-removal",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
OF_ONE_PERSON = ("conversation_id", "share_", "image_id", "_id>")

ALL = {*ROLES, STRANGER}
FOUND_BY = {
    **{key: {"owner"} for key in OWNER_ONLY},
    **{key: {"owner", "admin"} for key in ADMINS},
    **dict.fromkeys(NOT_GUESTS, ALL - {"guest"}),
    **dict.fromkeys(EVERYBODY, ALL),
}


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        else:
            yield each.name, route


def test_every_address_has_a_line() -> None:
    listed = {*FOUND_BY, *PUBLIC, *OF_ONESELF}

    missing = {
        name
        for name, route in routes(get_resolver().url_patterns)
        if name not in listed and not any(part in route for part in OF_ONE_PERSON)
    }

    assert missing == set()


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_finds_its_addresses_and_no_others(
    signed_in: Callable[[Person], Client], method: str
) -> None:
    clients = {role: signed_in(person_of(role)) for role in (*ROLES, STRANGER)}
    clients[SIGNED_OUT] = Client()
    subject = Person.objects.create_user("subject@example.com")
    values = {"person_id": subject.pk, "name": "migrations"}
    values["pk"] = Server.objects.create(name="Notes", url="http://127.0.0.1:1/mcp").pk
    resolver, wrong = get_resolver(), {}
    for name, expected in FOUND_BY.items():
        forms = [form for found in resolver.reverse_dict.getlist(name) for form in found[0]]
        parameters = next(names for _form, names in forms if set(names) <= set(values))
        path = "/" + resolver.reverse(name, **{each: values[each] for each in parameters})
        answers = {
            # What a role finds may refuse this request, but differently.
            role: getattr(client, method)(path, headers={"accept": "text/html"})
            for role, client in sorted(clients.items())
            if method == "get" or role not in expected
        }
        found = {role for role, answer in answers.items() if answer.status_code not in (302, 404)}
        if method == "get" and found != expected - {
            role for role in expected if answers[role].status_code == 302
        }:
            wrong[name] = found
        if method == "post" and found:
            wrong[name] = found
        assert "/account/sign-in/" in answers[SIGNED_OUT].get("Location", ""), name
    assert wrong == {}
    subject.refresh_from_db()
    assert subject.is_active
    assert subject.role == "member"
