"""The type of requests that need a signed-in person."""

from django.http import HttpRequest

from chatapp.accounts.models import Person


class PersonRequest(HttpRequest):
    """Type a request whose `user` is a signed-in person, never an anonymous user."""

    user: Person
