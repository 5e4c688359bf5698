"""A model service that lists its models, writes word by word, and fetches the links it is given."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

MODELS = ("claude-sonnet-4-6", "claude-4-5-sonnet")
WORDS = ("One", ", two", ", three.")


class ModelServer(ThreadingHTTPServer):
    """`site` is where the links to the app's public address really lead."""

    daemon_threads = True
    site = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Session(BaseHTTPRequestHandler):
    server: ModelServer

    def do_GET(self) -> None:
        self._send("application/json", [json.dumps([{"model_id": one} for one in MODELS])])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for part in body["messages"][-1]["content"]:
            if isinstance(part, dict) and part["type"] == "image_url":
                self._fetch(part["image_url"]["url"])
        choices = [{"choices": [{"delta": {"content": word}}]} for word in WORDS]
        events = [f"data: {json.dumps(one)}\n\n" for one in choices]
        self._send("text/event-stream", [*events, "data: [DONE]\n\n"])

    def log_message(self, *_arguments: object) -> None:
        pass

    def _fetch(self, url: str) -> None:
        if url.startswith("https:"):
            httpx.get(f"{self.server.site}{urlsplit(url).path}").raise_for_status()

    def _send(self, media_type: str, pieces: list[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece.encode())


@contextmanager
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
