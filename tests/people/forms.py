"""What people send from the pages about people."""

import re
import uuid
from typing import Any

from django.test import Client

LINK = re.compile(r'value="http://testserver(/join/[\w-]{24}/)"')
NEW_PERSON = {"email": "new@example.com", "password": "a long enough pass 7", "name": "Ada"}


def make(client: Client, **fields: Any) -> Any:
    """Send the form that makes an invitation; return the answer."""
    form = {"id": str(uuid.uuid4()), "role": "member", "days": "7", **fields}
    return client.post("/people/invitations", form)


def invite(client: Client, **fields: Any) -> str:
    """Make an invitation; return the path of its link."""
    [path] = LINK.findall(make(client, **fields).text)
    return str(path)


def join(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, NEW_PERSON | fields)
