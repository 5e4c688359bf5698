"""MCP servers, and what the owner lets each tool do."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatapp.server.columns import JSONField

MAX_NAME_LENGTH = 40  # characters
MAX_HEADER_LENGTH = 60  # characters of a name
MAX_TOOLS = 200  # of one server


class Server(models.Model):
    """An MCP server.

    `encrypted_token` is "" without a token. `token_header` is the header that carries it, "" for
    Authorization. `problem` is a sentence about the last attempt to reach the server, "" when it
    answered.
    """

    name = models.CharField(max_length=MAX_NAME_LENGTH, unique=True)
    url = models.URLField(max_length=500)
    encrypted_token = models.TextField(blank=True)
    token_header = models.CharField(
        max_length=MAX_HEADER_LENGTH, blank=True, default="", db_default=""
    )
    is_enabled = models.BooleanField(default=True)  # in new conversations
    checked_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    has_answered = False  # a check of this object, which the database doesn't know

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ToolSetting(models.Model):
    """What one tool may do.

    A built-in tool has a row once the owner has changed its access. A server's tool has one with
    the definition from the last check, so that what is offered stays the same until the next.
    """

    class Access(models.TextChoices):
        OFF = "off", _("Off")
        ASK = "ask", _("Ask first")
        ALLOW = "allow", _("Run automatically")

    name = models.CharField(max_length=64, primary_key=True)  # as the model calls it
    access = models.CharField(max_length=5, choices=Access.choices)

    server = models.ForeignKey(Server, on_delete=models.CASCADE, null=True, related_name="tools")
    remote_name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    parameters = JSONField(default=dict)  # empty for a tool that can't be offered
    is_declared_read_only = models.BooleanField(default=False)  # the server's claim, unverified
    is_removed = models.BooleanField(default=False)  # the server no longer lists it

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.access}"

    @property
    def is_offered(self) -> bool:
        """Return whether a model may call this tool of a server."""
        return self.access != self.Access.OFF and not self.is_removed and bool(self.parameters)

    @property
    def needs_approval(self) -> bool:
        """Return whether every call of this tool needs approval."""
        return self.access != self.Access.ALLOW
