"""A service at which tools leave notes: it keeps every note, and answers unless it is held."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS = 30


class NoteService(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), NoteHandler)
        self.notes: list[str] = []
        self.gate = threading.Event()
        self.arrived = threading.Event()
        self.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def clear(self) -> None:
        """Return to the initial state."""
        self.notes.clear()
        self.arrived.clear()
        self.gate.set()

    def hold(self) -> None:
        """Take the next note and answer only when the gate opens."""
        self.gate.clear()


class NoteHandler(BaseHTTPRequestHandler):
    server: NoteService

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
def running_note_service() -> Iterator[NoteService]:
    with NoteService() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.05,))
        thread.start()
        yield service
        service.gate.set()
        service.shutdown()
        thread.join()
