"""Names for files that people save: any title becomes a name that every system takes."""

import re

from django.utils.http import content_disposition_header

MAX_NAME_BYTES = 180  # most systems take 255, and browsers append a number
FALLBACK = "file"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]+')
# They turn the ending of a name around, or hide in it. Joiners stay: emojis need them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Windows gives these to devices, whatever their ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def file_name(title: str, ending: str) -> str:
    """Return a title as the name of a file, without what any system forbids."""
    visible = _FORBIDDEN.sub("-", _INVISIBLE.sub("", " ".join(title.split())))
    name = visible.strip(". -")
    name = name.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip(". -")
    if _DEVICES.match(name):
        name = f"_{name}"
    return f"{name or FALLBACK}.{ending}"


def attachment_header(title: str, ending: str) -> str:
    """Return the header with which a browser saves a file under this name (RFC 6266)."""
    return content_disposition_header(True, file_name(title, ending)) or "attachment"
