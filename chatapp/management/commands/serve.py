import contextlib
import logging
import socket
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from uvicorn.supervisors import Multiprocess

from chatapp.inference import Service
from chatapp.inference.demo.process import demo_model
from chatapp.server.static_files import build_if_changed

LOCAL_HAND_OVER_SECONDS = 2

logger = logging.getLogger(__name__)


class AnnouncingServer(uvicorn.Server):
    """Print the address once the server listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Chat is ready: http://{self.config.host}:{self.config.port}", flush=True)


class Command(BaseCommand):
    help = "Serve the app. With --local, prepare everything first and start the demo model."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--local", action="store_true")

    def handle(self, *, local: bool, **options: Any) -> None:
        if settings.SECRET_KEY_IS_THROWAWAY:
            raise CommandError("SECRET_KEY is missing: heroku config:set SECRET_KEY=…")
        if not local:
            serve(config("", settings.WEB_WORKERS))
            return
        call_command("migrate", interactive=False, verbosity=0)
        build_if_changed()
        # A person who presses Ctrl+C waits for it, and the next start resumes the replies.
        settings.HAND_OVER_SECONDS = min(settings.HAND_OVER_SECONDS, LOCAL_HAND_OVER_SECONDS)
        server = AnnouncingServer(config("127.0.0.1"))
        with contextlib.suppress(KeyboardInterrupt):
            if settings.SERVICE.kind != "none":
                server.run()
            else:
                with demo_model() as url:
                    settings.SERVICE = Service("demo", url)
                    server.run()


def serve(config: uvicorn.Config) -> None:
    if config.workers == 1:
        uvicorn.Server(config).run()
        return
    # For several processes uvicorn binds IPv4 only.
    with socket.create_server(
        ("", settings.PORT), family=socket.AF_INET6, dualstack_ipv6=True, backlog=2048
    ) as listening:
        Multiprocess(config, sockets=[listening]).run()


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
        proxy_headers=settings.ON_DYNO,
        forwarded_allow_ips="*" if settings.ON_DYNO else None,
        access_log=False,
        log_config=None,
    )
