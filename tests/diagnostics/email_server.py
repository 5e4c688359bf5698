"""An email server on loopback that keeps what it receives, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class EmailServer(socketserver.ThreadingTCPServer):
    """`refusal` is the answer to a sender, "" to accept the email."""

    daemon_threads = True
    refusal = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.emails: list[str] = []

    @property
    def options(self) -> dict[str, Any]:
        host, port = self.server_address[:2]
        secret = {"username": "", "password": ""}
        return {"host": host, "port": port, "use_ssl": False, "use_tls": False, **secret}


class Session(socketserver.StreamRequestHandler):
    server: EmailServer

    def handle(self) -> None:
        self._send("220 ready")
        while line := self.rfile.readline().decode().strip():
            command = line.upper()
            if command == "DATA":
                self._send("354 continue")
                self.server.emails.append(self._until_dot())
                self._send("250 accepted")
            elif command == "QUIT":
                self._send("221 bye")
                return
            elif command.startswith("MAIL") and self.server.refusal:
                self._send(self.server.refusal)
            else:
                self._send("250 ok")

    def _until_dot(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def _send(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def email_server() -> Iterator[EmailServer]:
    with EmailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
