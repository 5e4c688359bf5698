"""Open WebUI's export: an array of chats with `chat.history`, or a single one.

Source: the code of Open WebUI that writes it (November 2026). Files are addresses on that server,
so only those that are data URLs come along.
"""

import html
import json
import re
from collections import Counter
from typing import Any

from chatapp.transfer.importing.formats.conversation import (
    MAX_NAME,
    File,
    Node,
    ReadConversation,
    Role,
    Skipped,
)
from chatapp.transfer.importing.formats.turns import turns
from chatapp.transfer.importing.formats.values import (
    as_dict,
    as_id,
    as_list,
    as_seconds,
    as_text,
    as_time,
)

SOURCE = "open-webui"
ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
OPENING, CLOSING = "<details type=", "</details>"
ATTRIBUTE = re.compile(r"([a-z]+)=\"([^\"]*)\"")


def is_conversation(conversation: dict[str, Any]) -> bool:
    chat = as_dict(conversation.get("chat"))
    return isinstance(chat.get("history"), dict) or isinstance(chat.get("messages"), list)


def read(conversation: dict[str, Any]) -> ReadConversation:
    skipped: Counter[Skipped] = Counter()
    chat = as_dict(conversation.get("chat"))
    history = as_dict(chat.get("history"))
    messages = as_dict(history.get("messages"))
    if not messages:
        messages = {str(index): one for index, one in enumerate(as_list(chat.get("messages")))}
    nodes = [_node(str(key), as_dict(value), skipped) for key, value in messages.items()]
    built = turns(nodes)
    current = as_id(history.get("currentId"))
    return ReadConversation(
        source=SOURCE,
        id=as_id(conversation.get("id")) or as_id(chat.get("id")),
        title=(as_text(conversation.get("title")) or as_text(chat.get("title")))[:MAX_NAME],
        created_at=as_time(conversation.get("created_at")) or as_time(chat.get("timestamp")),
        updated_at=as_time(conversation.get("updated_at")),
        is_pinned=conversation.get("pinned") is True,
        is_archived=conversation.get("archived") is True,
        messages=built.messages,
        head=built.of_node.get(current) or (built.messages[-1] if built.messages else None),
        skipped=skipped + built.skipped,
    )


def _node(key: str, message: dict[str, Any], skipped: Counter[Skipped]) -> Node:
    node = Node(as_id(message.get("id")) or key, as_id(message.get("parentId")) or None, None)
    node.created_at = as_time(message.get("timestamp"))
    node.model = as_text(message.get("model"))[:100]
    output = as_list(message.get("output"))
    if output:
        for item in map(as_dict, output):
            _add(node, item, skipped)
    if not (node.text or node.calls):
        _take_details(node, as_text(message.get("content")))
    for file in map(as_dict, as_list(message.get("files"))):
        url, name = as_text(file.get("url")), as_text(file.get("name"))[:MAX_NAME]
        is_image = file.get("type") == "image" or url.startswith("data:image/")
        node.files.append(File(url or as_id(file.get("id")), name, is_image=is_image))
    error = as_text(as_dict(message.get("error")).get("content"))
    if error and not node.text:
        node.text = f"*{error[:500]}*"
    if node.text.strip() or node.reasoning or node.calls or node.files:
        node.role = ROLES.get(as_text(message.get("role")))
    if node.role is None:
        skipped[Skipped.EMPTY] += 1
    return node


def _add(node: Node, item: dict[str, Any], skipped: Counter[Skipped]) -> None:
    """Add an item of a response as OpenAI's Responses API writes it."""
    match item.get("type"):
        case "message":
            text = "".join(as_text(part.get("text")) for part in _parts(item, "content"))
            node.add_text(text)
        case "reasoning":
            parts = _parts(item, "content") or _parts(item, "summary")
            said = "\n\n".join(as_text(part.get("text")) for part in parts)
            node.add_reasoning(said)
        case "function_call":
            node.add_call(as_text(item.get("name")), as_text(item.get("arguments")))
        case "function_call_output":
            result = item.get("output")
            if not isinstance(result, str):
                result = "".join(as_text(part.get("text")) for part in _parts(item, "output"))
            node.end_call(result)
        case _:
            skipped[Skipped.UNKNOWN] += 1


def _parts(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [as_dict(part) for part in as_list(item.get(name))]


def _take_details(node: Node, content: str) -> None:
    """Read the folded parts of a text, which is how older exports hold thinking and tool calls."""
    place = 0
    while (begin := content.find(OPENING, place)) >= 0:
        head, end = content.find(">", begin), content.find(CLOSING, begin)
        if end < 0 or not begin < head < end:
            break
        node.text += content[place:begin]
        place = end + len(CLOSING)
        values = {
            name: html.unescape(value) for name, value in ATTRIBUTE.findall(content, begin, head)
        }
        if values.get("type") == "reasoning":
            _take_reasoning(node, values, content[head + 1 : end])
        else:
            arguments, result = (_decoded(values.get(name, "")) for name in ("arguments", "result"))
            node.add_call(values.get("name", ""), arguments, result)
    node.text = (node.text + content[place:]).strip()


def _take_reasoning(node: Node, values: dict[str, str], inner: str) -> None:
    _summary, _, rest = inner.rpartition("</summary>")
    lines = (re.sub(r"^> ?", "", line) for line in html.unescape(rest).strip().splitlines())
    node.add_reasoning("\n".join(lines))
    duration = values.get("duration", "")
    if re.fullmatch("[0-9]{1,6}", duration):
        node.thought_seconds = as_seconds(int(duration))


def _decoded(value: str) -> str:
    """Return a text that may have been written as a JSON string once more."""
    try:
        decoded = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return decoded if isinstance(decoded, str) else value
