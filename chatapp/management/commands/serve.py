import contextlib
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from chatapp.conversations import generation
from chatapp.inference import Service
from chatapp.inference.demo.process import demo_model
from chatapp.storage import build_if_changed

LOCAL_HAND_OVER_SECONDS = 2


class Server(uvicorn.Server):
    """Begins no reply once it was told to end; waiting for open requests comes first, and then the
    shutdown of lifespan."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        generation.close()
        super().handle_exit(sig, frame)


class AnnouncingServer(Server):
    """Says where to go once it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Chat is ready: http://{self.config.host}:{self.config.port}", flush=True)


class Command(BaseCommand):
    help = "Serves the app. With --local it prepares everything first and brings its own model."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--local", action="store_true")

    def handle(self, *, local: bool, **options: Any) -> None:
        if settings.SECRET_KEY_IS_THROWAWAY:
            raise CommandError("SECRET_KEY is missing: heroku config:set SECRET_KEY=…")
        if not local:
            Server(config("")).run()
            return
        call_command("migrate", interactive=False, verbosity=0)
        build_if_changed()
        # Whoever presses Ctrl+C waits for it; replies go on when the server is back.
        settings.HAND_OVER_SECONDS = min(settings.HAND_OVER_SECONDS, LOCAL_HAND_OVER_SECONDS)
        server = AnnouncingServer(config("127.0.0.1"))
        with contextlib.suppress(KeyboardInterrupt):
            if settings.SERVICE.kind != "none":
                server.run()
            else:
                with demo_model() as url:
                    settings.SERVICE = Service("demo", url)
                    server.run()


def config(host: str) -> uvicorn.Config:
    """uvicorn as docs/decisions.md explains it; an empty host is IPv4 and IPv6."""
    return uvicorn.Config(
        "chatapp.asgi:application",
        host=host,
        port=settings.PORT,
        workers=1,  # Heroku exports WEB_CONCURRENCY=2: silence would mean two processes
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=4096,  # bytes; browsers have nothing to say on the socket
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
