"""Encode and publish events: JSON with a version and a type, for a person or a session.

The socket goes from server to browser only; every command is an HTTP request.
"""

import json
from typing import Any
from uuid import UUID

from chatapp.realtime.hub import CLOSE, hub
from chatapp.server.valid_text import make_valid

PROTOCOL = 1
PULSE_SECONDS = 15


def person_group(person_id: UUID) -> str:
    return f"person:{person_id}"


def session_group(session_key: str) -> str:
    return f"session:{session_key}"


def listening() -> set[UUID]:
    """Return the people who have a socket in this process."""
    return {UUID(name) for name in _names("person")}


def listening_sessions() -> set[str]:
    """Return the keys of the sessions that have a socket in this process."""
    return _names("session")


def _names(kind: str) -> set[str]:
    groups = (group.partition(":") for group in hub.groups())
    return {name for found, _colon, name in groups if found == kind}


def hello(version: str, joined: bool, person_id: UUID, access: str) -> str:
    """Return the first event; by `person_id` a page notices that somebody else has signed in, and
    by `access` that the person may do other things than before."""
    return encode("hello", version=version, joined=joined, person=person_id, access=access)


def joined(value: bool) -> str:
    """Report whether this process receives the events of all others.

    Each time the value is True the page asks for what it may have missed.
    """
    return encode("joined", value=value)


def pulse() -> str:
    """Return a heartbeat, because a page can't see the protocol's own pings."""
    return encode("pulse")


def publish(person_id: UUID, kind: str, **fields: Any) -> None:
    """Send an event to every tab of a person, in every process."""
    hub.publish(person_group(person_id), encode(kind, **fields))


def close_sockets(group: str) -> None:
    """Close the sockets of a person or a session. Pages that may reconnect do it by themselves."""
    hub.publish(group, CLOSE)


def encode(kind: str, **fields: Any) -> str:
    """Encode an event as text that a socket can send: half a surrogate pair would end it."""
    return make_valid(_json({"v": PROTOCOL, "type": kind, **fields}))


# `json.dumps` would make an encoder for each event.
_json = json.JSONEncoder(default=str, ensure_ascii=False).encode
