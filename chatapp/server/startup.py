"""What a server needs before it serves, and the socket on which it listens."""

import errno
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from chatapp.server.static_files import is_built

BACKLOG = 2048
SECRET_KEY_MISSING = "SECRET_KEY is missing: heroku config:set SECRET_KEY=$(openssl rand -hex 32)"  # noqa: S105
NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def require_startable() -> None:
    """End a server whose pages would all be errors, however it was started."""
    if settings.SECRET_KEY_IS_THROWAWAY:
        sys.exit(SECRET_KEY_MISSING)
    if not is_built():
        sys.exit("The static files are missing. Run: python manage.py collectstatic --no-input")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; "" as the host is every address, by IPv4 and IPv6.

    Ends the process with a sentence if it can't be used.
    """
    try:
        return _listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            another = port + 1000 if port + 1000 < 2**16 else port - 1000
            command = "make run" if host else "python manage.py serve"
            sentence = f"Port {port} is in use. Use another one: PORT={another} {command}"
        else:
            place = f"{host}, port {port}" if host else f"port {port}"
            sentence = f"The server can't listen on {place}: {error.strerror}."
        sys.exit(sentence)


def _listen(host: str, port: int) -> socket.socket:
    if not host and socket.has_dualstack_ipv6():
        try:
            return socket.create_server(
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG
            )
        except OSError as error:
            if error.errno not in NO_IPV6:  # a container often has IPv4 only
                raise
    return socket.create_server((host, port), backlog=BACKLOG)


def facts() -> dict[str, Any]:
    """Return what the first line of the log names. It has no secret."""
    database = connection.settings_dict
    name = str(database["NAME"])
    host = f"{database['HOST'] or 'localhost'}/"
    return {
        "database": f"PostgreSQL {host}{name}" if connection.vendor == "postgresql" else name,
        "redis": "yes" if settings.REDIS_URL else "no",
        "service": settings.SERVICE.sentence,
        "version": settings.RELEASE or settings.VERSION[:10],
        "site": settings.PUBLIC_ORIGIN or ",".join(settings.ALLOWED_HOSTS),
    }


def local_lines(address: str) -> str:
    """Return what `make run` prints once it serves."""
    name = str(connection.settings_dict["NAME"])
    database = Path(name).name if connection.vendor == "sqlite" else facts()["database"]
    return (
        f"{settings.SITE_NAME} is ready: {address}\n"
        f"{settings.SERVICE.sentence}. Data is in {database}. Stop with Ctrl+C."
    )
