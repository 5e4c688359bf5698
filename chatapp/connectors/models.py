"""What the owner of the house says about tools: MCP servers, and how far each tool may go."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatapp.server.columns import JSONField
from chatapp.tools.tool import Access

NAME_LENGTH = 40  # characters


class Server(models.Model):
    """An MCP server. `sealed_token` is what it wants to see, encrypted, or "" for none; `problem`
    is a sentence about the last attempt to reach it, "" when it answered."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    url = models.URLField(max_length=500)
    sealed_token = models.TextField(blank=True)
    is_on = models.BooleanField(default=True)  # in new conversations
    checked_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ToolSetting(models.Model):
    """One tool: of a server with all that it said about it when it was asked last, so that what is
    offered stays the same until the owner asks again; of the app's own just the owner's word."""

    class Degree(models.TextChoices):
        OFF = "off", _("Off")
        ASK = "ask", _("Asks first")
        FREE = "free", _("Runs by itself")

    name = models.CharField(max_length=64, primary_key=True)  # as the model calls it
    access = models.CharField(max_length=4, choices=Degree.choices)

    server = models.ForeignKey(Server, on_delete=models.CASCADE, null=True, related_name="tools")
    remote_name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    parameters = JSONField(default=dict)
    says_it_reads = models.BooleanField(default=False)  # the server's word, taken for no more
    is_gone = models.BooleanField(default=False)  # the server no longer has it

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.access}"

    @property
    def is_offered(self) -> bool:
        """Of a tool of a server: one without parameters is none that could be called."""
        return self.access != self.Degree.OFF and not self.is_gone and bool(self.parameters)

    @property
    def allowance(self) -> Access:
        """How a tool that is not off goes about a call."""
        return "free" if self.access == self.Degree.FREE else "ask"
