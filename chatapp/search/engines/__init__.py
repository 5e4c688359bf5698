"""How each database is searched; both get the same plan and give the same hits."""

from types import ModuleType

from django.db import connection

from chatapp.search.engines import postgres, sqlite
from chatapp.search.engines.plan import PAGES, Hit, Plan, TooSlow

__all__ = ["PAGES", "Hit", "Plan", "TooSlow", "engine"]


def engine() -> ModuleType:
    """Return the module that searches this database: `find` and `limited`."""
    return postgres if connection.vendor == "postgresql" else sqlite
