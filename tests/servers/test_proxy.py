"""The proxy of the tests: round robin, nothing sticky, and cuts on demand."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers.ports import free_port
from tests.servers.proxy import Proxy, running_proxy


@contextmanager
def telling(port: int) -> Iterator[None]:
    """A server that tells its port to everybody who connects, and then keeps the line."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", port)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                kept.append(line)
                line.sendall(str(port).encode())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for line in kept:
                line.close()


@pytest.fixture
def ports() -> list[int]:
    return [free_port(), free_port()]


@contextmanager
def connected(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1])), 5) as line:
        yield line


def reached(proxy: Proxy) -> int:
    with connected(proxy) as line:
        return int(line.recv(10))


def test_connections_go_round(ports: list[int]) -> None:
    with telling(ports[0]), telling(ports[1]), running_proxy(ports) as proxy:
        assert sorted({reached(proxy), reached(proxy)}) == sorted(ports)
        assert len({reached(proxy), reached(proxy)}) == 2


def test_a_process_that_is_gone_is_passed_over(ports: list[int]) -> None:
    with telling(ports[0]), running_proxy(ports) as proxy:
        assert [reached(proxy) for _ in range(4)] == [ports[0]] * 4


def test_without_any_process_a_connection_ends_at_once(ports: list[int]) -> None:
    with running_proxy(ports) as proxy, connected(proxy) as line:
        assert ended(line)


def test_a_cut_ends_every_connection_and_leaves_the_proxy_open(ports: list[int]) -> None:
    with telling(ports[0]), running_proxy(ports) as proxy:
        with connected(proxy) as line:
            line.recv(10)
            assert proxy.cut() == 1
            assert ended(line)
        assert reached(proxy) == ports[0]


def test_what_is_taken_out_of_rotation_gets_nothing_more(ports: list[int]) -> None:
    with telling(ports[0]), telling(ports[1]), running_proxy(ports) as proxy:
        proxy.rotation.remove(ports[0])

        assert [reached(proxy) for _ in range(3)] == [ports[1]] * 3


def ended(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True
