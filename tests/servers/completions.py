"""The wire format of the model service: what a stand-in reads of a request, and streams back."""

import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

DONE = b"event: done\ndata: [DONE]\n\n"
TITLE = "Write a title"  # begins the instructions of a request for one

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]


def wants_title(messages: Sequence[dict[str, Any]]) -> bool:
    return text_of(messages[0]).startswith(TITLE)


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def frame(delta: dict[str, Any], reason: str | None = None) -> bytes:
    return _event(choices=[{"index": 0, "delta": delta, "finish_reason": reason}])


def usage_frame(prompt_tokens: int, completion_tokens: int) -> bytes:
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}
    return _event(choices=[], usage=usage)


def tool_call(index: int, tool: str, what: str) -> dict[str, Any]:
    """Build a call of a tool of `tests/servers/tools/counted.py`."""
    function = {"name": tool, "arguments": json.dumps({"what": what})}
    return {"index": index, "id": f"call_{what}", "type": "function", "function": function}


class Completion:
    """The answer to one request, written piece by piece."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._has_begun = False
        self.headers: Headers = ()

    async def write(self, frames: bytes, *, more: bool = True) -> None:
        if not self._has_begun:
            self._has_begun = True
            await start(self._send, 200, b"text/event-stream", self.headers)
        await self._send({"type": "http.response.body", "body": frames, "more_body": more})

    async def say(self, text: str) -> None:
        await self.write(frame({"content": text}))

    async def finish(self, reason: str = "stop", usage: bytes = b"") -> None:
        await self.write(frame({}, reason) + usage + DONE, more=False)

    async def refuse(self, status: int, headers: Headers = ()) -> None:
        error = {"code": status, "message": "as the question asks", "type": "api_error"}
        await send_json(self._send, {"error": error}, status, headers)

    async def client_left(self) -> None:
        """Wait until the client has disconnected."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def start(send: Send, status: int, media_type: bytes, headers: Headers = ()) -> None:
    all_headers = [(b"content-type", media_type), *headers]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})


async def send_json(send: Send, value: object, status: int = 200, headers: Headers = ()) -> None:
    await start(send, status, b"application/json", headers)
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


def _event(**values: Any) -> bytes:
    chunk = {
        "id": "chatcmpl-test",
        "object": "chat.completion.chunk",
        "created": 1770000000,
        "model": "claude-sonnet-4-6",
        **values,
    }
    return b"event: message\ndata: " + json.dumps(chunk).encode() + b"\n\n"
