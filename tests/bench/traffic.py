"""What a page fetched, from the browser's own account of the network."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession


@dataclass(slots=True)
class Request:
    url: str
    kind: str  # "Document", "Script", "Stylesheet", "Image", "Fetch" and so on
    depth: int  # steps from the document (0) to this one, by who asked for it
    is_later: bool = False  # asked for by an act of the person
    bytes: int = 0  # on the wire, with headers

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class Traffic:
    """Counts from its making on; read it when the page is done."""

    def __init__(self, session: CDPSession) -> None:
        self._requests: dict[str, Request] = {}
        self.is_loaded = False  # set before the person acts
        self.sockets = 0
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketCreated", self._socket)
        session.send("Network.enable")

    @property
    def requests(self) -> list[Request]:
        return list(self._requests.values())

    @property
    def bytes(self) -> int:
        return sum(request.bytes for request in self.requests)

    @property
    def depth(self) -> int:
        """The longest chain of files; what scripts fetch once the page stands is news."""
        first = (request for request in self.requests if not request.is_later)
        return max(request.depth for request in first if request.kind != "Fetch")

    def _sent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("http"):
            is_document = event["requestId"] == event["loaderId"]
            depth = 0 if is_document else 1 + self._depth_of(asking(event["initiator"]))
            self._requests[event["requestId"]] = Request(url, event["type"], depth, self.is_loaded)

    def _finished(self, event: dict[str, Any]) -> None:
        if request := self._requests.get(event["requestId"]):
            request.bytes = int(event["encodedDataLength"])

    def _socket(self, event: dict[str, Any]) -> None:
        self.sockets += 1

    def _depth_of(self, url: str) -> int:
        return max((request.depth for request in self.requests if request.url == url), default=0)


def asking(initiator: dict[str, Any]) -> str:
    """The address of the file that made the browser fetch something."""
    stack = initiator.get("stack")
    while stack and not stack["callFrames"]:
        stack = stack.get("parent")
    return str(stack["callFrames"][0]["url"] if stack else initiator.get("url", ""))
