"""Run the demo model as a process of its own: `python -m chatapp.inference.demo`.

    --host 127.0.0.1 --port 8001   where to listen, or
    --fd N                         a bound socket that the parent process hands over
    --key K                        refuse requests without this bearer token
    --watch-stdin                  exit when stdin ends, which is when the parent process ends

CHAT_DEMO_RATE sets the pace in tokens a second (50; 0 is as fast as possible).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import sys

import uvicorn

from .app import DEFAULT_RATE, DemoApp

SHUTDOWN_SECONDS = 1
KEEPALIVE_SECONDS = 95


def main() -> None:
    arguments = _arguments()
    config = uvicorn.Config(
        DemoApp(arguments.rate, arguments.key),
        host=arguments.host,
        port=arguments.port,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=KEEPALIVE_SECONDS,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            _serve(uvicorn.Server(config), arguments), loop_factory=config.get_loop_factory()
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chatapp.inference.demo")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--fd", type=int)
    parser.add_argument("--key", default="")
    parser.add_argument("--watch-stdin", action="store_true")
    arguments = parser.parse_args()
    rate = os.environ.get("CHAT_DEMO_RATE", "").strip()
    try:
        arguments.rate = float(rate or DEFAULT_RATE)
    except ValueError:
        parser.error(f"CHAT_DEMO_RATE must be a number of tokens a second, not {rate!r}")
    if not 0 <= arguments.rate < float("inf"):
        parser.error("CHAT_DEMO_RATE must be 0 or more")
    return arguments


async def _serve(server: uvicorn.Server, arguments: argparse.Namespace) -> None:
    sockets = None if arguments.fd is None else [socket.socket(fileno=arguments.fd)]
    if arguments.watch_stdin:
        watcher = asyncio.create_task(_stop_at_end(await _open_stdin(), server))
        try:
            await server.serve(sockets)
        finally:
            watcher.cancel()
    else:
        await server.serve(sockets)


async def _open_stdin() -> asyncio.StreamReader:
    stdin = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    return stdin


async def _stop_at_end(stdin: asyncio.StreamReader, server: uvicorn.Server) -> None:
    while await stdin.read(1024):
        pass
    server.should_exit = True


if __name__ == "__main__":
    main()
