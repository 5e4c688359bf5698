"""Where notes arrive: notes every one, and answers while its gate is open."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS = 30


class Desk(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hand)
        self.notes: list[str] = []
        self.gate = threading.Event()
        self.arrived = threading.Event()
        self.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def clear(self) -> None:
        """As a test finds it."""
        self.notes.clear()
        self.arrived.clear()
        self.gate.set()

    def hold(self) -> None:
        """The next note arrives, and whoever left it hears nothing until the gate opens."""
        self.gate.clear()


class Hand(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.notes.append(text)
        self.server.arrived.set()
        self.server.gate.wait(SECONDS)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def running_desk() -> Iterator[Desk]:
    with Desk() as desk:
        thread = threading.Thread(target=desk.serve_forever, args=(0.05,))
        thread.start()
        yield desk
        desk.gate.set()
        desk.shutdown()
        thread.join()
