"""People with each role. Unlike `people` this needs Django's settings."""

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from tests.support.people import OWNER, PASSWORD


def person_of(role: str) -> Person:
    """Add a person with a role, or another member for STRANGER."""
    if role == "owner":
        return Person.objects.create_owner(OWNER, PASSWORD)
    assigned = role if role in Role else Role.MEMBER
    return Person.objects.create_user(f"{role}@example.com", PASSWORD, assigned_role=assigned)
