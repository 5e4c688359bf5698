"""Route the three protocols of the server: HTTP, websocket and lifespan."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup(set_prefix=False)

# The imports below need the apps to be loaded.
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from chatapp.accounts.sessions import SocketSignIn, find_person  # noqa: E402
from chatapp.lifespan import lifespan  # noqa: E402
from chatapp.realtime.consumers import LiveConsumer  # noqa: E402
from chatapp.realtime.gate import SocketGate, refuse  # noqa: E402
from chatapp.server.bodies.limit import BodyLimit  # noqa: E402
from chatapp.server.database_configuration import pool_connections  # noqa: E402
from chatapp.server.handler import RequestHandler  # noqa: E402
from chatapp.server.request_threads import (  # noqa: E402
    RequestThreads,
    skip_work_at_the_start_of_requests,
)
from chatapp.server.startup import require_startable  # noqa: E402

require_startable()
pool_connections(settings.DATABASE_POOL_SIZE)
skip_work_at_the_start_of_requests()
live = SocketGate(SocketSignIn(LiveConsumer.as_asgi()))
application = ProtocolTypeRouter(
    {
        "http": BodyLimit(RequestThreads(RequestHandler()), find_person),
        "websocket": refuse if settings.DATABASE_MISSING else live,
        "lifespan": lifespan,
    }
)
