"""The proxy of the tests: round robin, nothing sticky, and lost connections on demand."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.servers.ports import free_port
from tests.servers.proxy import Proxy, running_proxy


class PortServer(socketserver.BaseRequestHandler):
    """Sends its port to every client, and keeps the connection open."""

    def handle(self) -> None:
        self.request.sendall(str(self.server.server_address[1]).encode())
        self.request.recv(1)


class Echoing(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(1000):
            self.request.sendall(data)


@contextmanager
def served(port: int, handler: type[socketserver.BaseRequestHandler]) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def port_server(port: int) -> AbstractContextManager[None]:
    return served(port, PortServer)


def echoing(port: int) -> AbstractContextManager[None]:
    return served(port, Echoing)


@pytest.fixture
def ports() -> list[int]:
    return [free_port(), free_port()]


@contextmanager
def connected(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1])), 5) as connection:
        yield connection


def reached(proxy: Proxy) -> int:
    with connected(proxy) as connection:
        return int(connection.recv(10))


def test_connections_are_handed_out_in_turn(ports: list[int]) -> None:
    with port_server(ports[0]), port_server(ports[1]), running_proxy(*ports) as proxy:
        assert sorted({reached(proxy), reached(proxy)}) == sorted(ports)
        assert len({reached(proxy), reached(proxy)}) == 2


def test_a_missing_process_is_skipped(ports: list[int]) -> None:
    with port_server(ports[0]), running_proxy(*ports) as proxy:
        assert [reached(proxy) for _ in range(4)] == [ports[0]] * 4


def test_without_any_process_a_connection_ends_at_once(ports: list[int]) -> None:
    with running_proxy(*ports) as proxy, connected(proxy) as connection:
        assert ended(connection)


def test_dropping_connections_leaves_the_proxy_open(ports: list[int]) -> None:
    with port_server(ports[0]), running_proxy(*ports) as proxy:
        with connected(proxy) as connection:
            connection.recv(10)
            assert proxy.drop() == 1
            assert ended(connection)
        assert reached(proxy) == ports[0]


def test_a_process_out_of_rotation_gets_no_connection(ports: list[int]) -> None:
    with port_server(ports[0]), port_server(ports[1]), running_proxy(*ports) as proxy:
        proxy.rotation.remove(ports[0])

        assert [reached(proxy) for _ in range(3)] == [ports[1]] * 3


def test_every_connection_ends_while_the_proxy_is_down(ports: list[int]) -> None:
    with port_server(ports[0]), running_proxy(ports[0]) as proxy:
        with connected(proxy) as before:
            before.recv(10)
            proxy.go_down()
            assert ended(before)
        with connected(proxy) as meanwhile:
            assert ended(meanwhile)

        proxy.come_up()

        assert reached(proxy) == ports[0]


def test_a_silenced_socket_stays_open_and_passes_nothing(ports: list[int]) -> None:
    upgrade = b"GET /ws/ HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    with (
        echoing(ports[0]),
        running_proxy(ports[0]) as proxy,
        connected(proxy) as web_socket,
        connected(proxy) as other,
    ):
        web_socket.sendall(upgrade)
        assert web_socket.recv(100) == upgrade

        proxy.silence()

        web_socket.sendall(b"lost")
        other.sendall(b"heard")
        assert other.recv(10) == b"heard"
        web_socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            web_socket.recv(10)


def test_forwarded_bytes_can_be_replaced(ports: list[int]) -> None:
    with echoing(ports[0]), running_proxy(ports[0]) as proxy, connected(proxy) as connection:
        proxy.replaced[b"no-store"] = b"no-cache"

        connection.sendall(b"private, no-store")

        assert connection.recv(100) == b"private, no-cache"


def ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
