"""Requests behind the sign-in."""

from django.http import HttpRequest

from chatapp.accounts.models import Person


class PersonRequest(HttpRequest):
    """A request whose `user` is a signed-in person, never an anonymous one."""

    user: Person
