"""The people of the tests, and what they do at sign-in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from django.test import AsyncClient

from chatapp import background
from chatapp.accounts.roles import Role

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

PASSWORD = "correct horse battery staple"
OWNER = "owner@example.com"
MEMBER = "member@example.com"
# Who may open an address, from the owner to somebody who is signed out. The last two are the same
# in every table: another member, to whom nothing belongs, and nobody.
ROLES = ("owner", "admin", "member", "guest")
STRANGER, SIGNED_OUT = "stranger", "signed out"


def person_of(role: str) -> Person:
    """Add a person with a role, or another member for STRANGER."""
    # Here, because the benchmarks read this file without Django's settings.
    from chatapp.accounts.models import Person

    if role == "owner":
        return Person.objects.create_owner(OWNER, PASSWORD)
    assigned = role if role in Role else Role.MEMBER
    return Person.objects.create_user(f"{role}@example.com", PASSWORD, assigned_role=assigned)


async def ask_for_link(email: str) -> str:
    """Ask for a link to choose a new password; return the page once everything has happened.

    The test needs real transactions, because that happens in other threads.
    """
    answer = await AsyncClient().post("/account/reset/", {"email": email}, follow=True)
    await asyncio.gather(*background.running("password-reset:"))
    return str(answer.content.decode())
