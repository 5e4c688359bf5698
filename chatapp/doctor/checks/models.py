"""Which models the service lists. It need not: a list that is missing or strange proves nothing."""

import json
import re

import aiohttp
import httpx
from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor import asking
from chatapp.doctor.result import Result, green, note, yellow

MODEL_ID = re.compile(r"[\w.:/-]{1,80}", re.ASCII)
MAX_SHOWN = 20


async def look() -> Result:
    if line := asking.nobody():
        return line
    offered = list(settings.CATALOG)
    listed = await _listed()
    if not listed:
        found = gettext("Offered here: %s. The service does not list its models.")
        return note(found % ", ".join(offered))
    words = {"offered": ", ".join(offered), "listed": ", ".join(sorted(listed)[:MAX_SHOWN])}
    found = gettext("Offered here: %(offered)s. The service lists: %(listed)s.") % words
    if unknown := [model_id for model_id in offered if model_id not in listed]:
        fix = gettext("%s may be spelled otherwise, or gone: try it, or change CHAT_MODELS.")
        command = f'python manage.py try_inference --model {unknown[0]} "Hello"'
        return yellow(found, fix % ", ".join(unknown), command)
    return green(found)


async def _listed() -> set[str]:
    """The ids of GET /available-models; none when the answer is not such a list."""
    try:
        response, body = await asking.get("/available-models")
        entries = json.loads(body) if response.is_success else []
    except (httpx.HTTPError, aiohttp.ClientError, ValueError, RecursionError):
        return set()
    if not isinstance(entries, list):
        return set()
    ids = (entry.get("model_id") for entry in entries if isinstance(entry, dict))
    return {one for one in ids if isinstance(one, str) and MODEL_ID.fullmatch(one)}
