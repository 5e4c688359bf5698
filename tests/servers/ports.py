"""Ports of this machine that nobody listens on."""

import random
import socket

# Below those that the system gives to connections: a server that is restarted finds its port free.
RANGE = range(15_000, 30_000)


def free_port() -> int:
    for port in random.sample(RANGE, len(RANGE)):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise RuntimeError("No port is free on this machine")
