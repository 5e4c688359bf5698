import contextlib
import logging
import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from uvicorn.supervisors import Multiprocess

from chatapp.inference import Service
from chatapp.inference.demo.process import demo_model
from chatapp.server import logs, startup
from chatapp.server.local_port import HOST as LOCAL_HOST
from chatapp.server.local_port import announced
from chatapp.server.static_files import build_if_changed, is_built

LOCAL_HAND_OVER_SECONDS = 2

logger = logging.getLogger(__name__)


class AnnouncingServer(uvicorn.Server):
    """Report once that the server listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


class Command(BaseCommand):
    help = "Serve the app. With --local, prepare everything first and start the demo model."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--local", action="store_true")
        parser.add_argument("--host", default="", help="the address to listen on; all by default")

    def handle(self, *, local: bool, host: str, **options: Any) -> None:
        if settings.SECRET_KEY_IS_THROWAWAY:
            sys.exit(startup.SECRET_KEY_MISSING)
        with startup.listen(LOCAL_HOST if local else host, settings.PORT) as listening:
            prepare(local)
            if local:
                serve_locally(listening)
            else:
                serve(config(host, settings.WEB_WORKERS), listening)


def prepare(local: bool) -> None:
    """Build what is missing, with --local also the tables."""
    if local:
        logs.use_short_lines()
        if not is_built():
            print("Preparing the database and the static files (once)…", file=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
    try:
        if local or not is_built():
            build_if_changed()
    except OSError as error:
        place = error.filename or settings.STATIC_ROOT
        sys.exit(f"The static files can't be written to {place}: {error.strerror}.")


def serve_locally(listening: socket.socket) -> None:
    # A person who presses Ctrl+C waits for it, and the next start resumes the replies.
    settings.HAND_OVER_SECONDS = min(settings.HAND_OVER_SECONDS, LOCAL_HAND_OVER_SECONDS)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    address = f"http://{LOCAL_HOST}:{settings.PORT}"
    server = AnnouncingServer(
        config(LOCAL_HOST), lambda: print(startup.local_lines(address), flush=True)
    )
    with contextlib.suppress(KeyboardInterrupt), announced(settings.PORT):
        # A service that is configured in part must not look like the demo model.
        if settings.SERVICE.kind != "none" or settings.SERVICE.missing:
            server.run([listening])
        else:
            with demo_model() as url:
                settings.SERVICE = Service("demo", url)
                server.run([listening])


def serve(config: uvicorn.Config, listening: socket.socket) -> None:
    if config.workers == 1:
        AnnouncingServer(config, announce).run([listening])
        return
    announce(config.workers)
    Multiprocess(config, sockets=[listening]).run()


def announce(processes: int = 1) -> None:
    facts = {"port": settings.PORT, "processes": processes, **startup.facts()}
    logger.info("Serving", extra=facts)


def config(host: str, workers: int = 1) -> uvicorn.Config:
    """Return uvicorn's configuration, as docs/decisions explains; "" is IPv4 and IPv6."""
    return uvicorn.Config(
        "chatapp.asgi:application",
        host=host,
        port=settings.PORT,
        workers=workers,  # otherwise WEB_CONCURRENCY would decide
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=4096,  # bytes; browsers send nothing over the socket
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="on",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=95,  # Heroku's router closes idle connections after 90 s
        proxy_headers=False,  # `client_address` reads them, and trusts only what proxies added
        access_log=False,
        log_config=None,
    )
