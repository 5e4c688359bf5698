"""A mail server on loopback that keeps what it gets, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """`refusal` is the answer to a sender, "" to take the mail."""

    daemon_threads = True
    refusal = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mails: list[str] = []

    @property
    def options(self) -> dict[str, Any]:
        host, port = self.server_address[:2]
        secret = {"username": "", "password": ""}
        return {"host": host, "port": port, "use_ssl": False, "use_tls": False, **secret}


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            command = line.upper()
            if command == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._until_dot())
                self._say("250 taken")
            elif command == "QUIT":
                self._say("221 bye")
                return
            elif command.startswith("MAIL") and self.server.refusal:
                self._say(self.server.refusal)
            else:
                self._say("250 ok")

    def _until_dot(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
