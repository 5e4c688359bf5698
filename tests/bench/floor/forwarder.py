"""`python -m tests.bench.floor.forwarder MODEL_URL`: hands bytes on between a client and the model,
as a proxy does that knows nothing. Prints its address first."""

import asyncio
import sys
from urllib.parse import urlsplit

import uvloop


class Side(asyncio.Protocol):
    """One of the two lines; what it hears goes out on the `other`."""

    def __init__(self, other: asyncio.WriteTransport | None = None) -> None:
        self.other = other
        self.early = b""

    def data_received(self, data: bytes) -> None:
        if self.other:
            self.other.write(data)
        else:
            self.early += data

    def connection_lost(self, error: Exception | None) -> None:
        if self.other:
            self.other.close()


class Client(Side):
    """Holds what it hears until the line to the model stands."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self.host, self.port = host, port

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.joining = asyncio.create_task(self._join(transport))

    async def _join(self, transport: asyncio.Transport) -> None:
        self.other, _ = await asyncio.get_running_loop().create_connection(
            lambda: Side(transport), self.host, self.port
        )
        self.other.write(self.early)


async def main(model_url: str) -> None:
    place = urlsplit(model_url)
    assert place.hostname
    assert place.port
    host, port = place.hostname, place.port
    server = await asyncio.get_running_loop().create_server(
        lambda: Client(host, port), "127.0.0.1", 0, backlog=512
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
