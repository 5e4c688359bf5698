"""Keep keys that are part of an address out of the log: of invitations, shared chats, passwords
and new emails."""

import logging
import re

# Whoever has one of these addresses may join, read the chat, choose the password, or confirm an
# email, which the key has in it.
SECRET = re.compile(
    r"(?<![\w.])(/(?:join|s|account/email)/|/account/reset/[0-9A-Za-z]+-)[^/\s'\"?&]+"
)


class SecretAddressFilter(logging.Filter):
    """Shorten such an address in a line, and leave out the request that Django attaches to it.

    Its text has the address too, and it would replace the request's id in the line.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if SECRET.search(message):
            record.msg, record.args = SECRET.sub(r"\1…", message), ()
        if not isinstance(getattr(record, "request", ""), str):
            record.__dict__.pop("request")
        return True
