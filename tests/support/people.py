"""The people of the tests, and what they do at sign-in."""

import asyncio

from django.test import AsyncClient

from chatapp import background

PASSWORD = "correct horse battery staple"
OWNER = "owner@example.com"
MEMBER = "member@example.com"
# Who may open an address, from the owner to somebody who is signed out. The last two are the same
# in every table: another member, to whom nothing belongs, and nobody.
ROLES = ("owner", "admin", "member", "guest")
STRANGER, SIGNED_OUT = "stranger", "signed out"


async def ask_for_link(email: str) -> str:
    """Ask for a link to choose a new password; return the page once everything has happened.

    The test needs real transactions, because that happens in other threads.
    """
    answer = await AsyncClient().post("/account/reset/", {"email": email}, follow=True)
    await asyncio.gather(*background.running("password-reset:"))
    return str(answer.content.decode())
