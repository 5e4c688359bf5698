"""Whether a server answers, as the owner's page shows it."""

from __future__ import annotations

from django.utils import timezone

from chatapp import background
from chatapp.connectors.models import Server


async def note(server_id: int, problem: str) -> None:
    """Keeps how the last use went, `problem` being "" for well. Writes only what is new."""
    await background.in_thread(_write, server_id, problem)


def _write(server_id: int, problem: str) -> None:
    other = Server.objects.filter(pk=server_id).exclude(problem=problem)
    # Asked first: what is seldom true should not wait for its turn to write.
    if other.exists():
        other.update(problem=problem, checked_at=timezone.now())
