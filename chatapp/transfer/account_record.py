"""What an archive has of a person beside conversations. No secret is part of it: no password, no
session, no token, and of an address only what names the server."""

from typing import Any

from yarl import URL

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.accounts.permissions import Permission, allows
from chatapp.conversations.models import ATTACHED, Defaults, Draft
from chatapp.mcp.models import Server, ToolSetting
from chatapp.prompts import files as prompt_files
from chatapp.transfer.records import attachment_record, settings_record

DRAFTS_AT_ONCE = 5


def account_record(person: Person) -> dict[str, Any]:
    """Return the account without its drafts; whoever manages tools gets those, too."""
    defaults = Defaults.objects.filter(person=person).first()
    instructions = PersonalInstructions.objects.filter(person=person)
    record: dict[str, Any] = {
        "email": person.email,
        "name": person.name,
        "time_zone": person.time_zone,
        "chosen_time_zone": person.chosen_time_zone,
        "personal_instructions": instructions.values("about", "answer_style").first(),
        "joined_at": person.date_joined,
        "defaults": settings_record(defaults) if defaults else None,
        "prompts": prompt_files.records(person),
    }
    return record | _tools() if allows(person, Permission.MANAGE_TOOLS) else record


def next_drafts(person: Person, after: int) -> list[Draft]:
    """Return the next drafts by their keys: each may be as long as a message."""
    present = Draft.objects.filter(person=person).exclude(conversation__trashed_at__isnull=False)
    rows = present.exclude(conversation__deleted_at__isnull=False).filter(pk__gt=after)
    return list(rows.prefetch_related(*ATTACHED).order_by("pk")[:DRAFTS_AT_ONCE])


def draft_record(draft: Draft) -> dict[str, Any]:
    return {
        "conversation": draft.conversation_id,
        "text": draft.text,
        "updated_at": draft.updated_at,
        "attachments": [
            attachment_record(each, draft.person_id) for each in draft.attachments.all()
        ],
    }


def _tools() -> dict[str, Any]:
    built_in = ToolSetting.objects.filter(server=None)
    servers = Server.objects.prefetch_related("tools")
    return {
        "tools": {tool.name: tool.access for tool in built_in},
        "mcp_servers": [
            {
                "name": server.name,
                "url": _bare(server.url),
                "has_token": bool(server.encrypted_token),
                "is_enabled": server.is_enabled,
                "tools": {tool.remote_name: tool.access for tool in server.tools.all()},
            }
            for server in servers
        ],
    }


def _bare(address: str) -> str:
    """Return an address without what may be a key: a name before the host, a query."""
    url = URL(address)
    return str(url.with_user(None).with_password(None).with_query(None).with_fragment(None))
