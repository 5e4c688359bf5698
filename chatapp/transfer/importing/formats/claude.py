"""Claude's export: an array of conversations with `chat_messages`, as of August 2026 and before.

It never holds the bytes of uploads, only what was read from documents. Source: the importers of
LibreChat and others, and exports described in their issues (November 2026).
"""

import json
from collections import Counter
from itertools import pairwise
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
from chatapp.transfer.importing.formats.values import as_dict, as_id, as_list, as_text, as_time

SOURCE = "claude"
ROOT = "00000000-0000-4000-8000-000000000000"
ROLES = {"human": Role.USER, "assistant": Role.ASSISTANT}
IGNORED = ("token_budget", "flag")


def is_conversation(conversation: dict[str, Any]) -> bool:
    return isinstance(conversation.get("chat_messages"), list)


def read(conversation: dict[str, Any]) -> ReadConversation:
    skipped: Counter[Skipped] = Counter()
    messages = [as_dict(message) for message in as_list(conversation.get("chat_messages"))]
    nodes = [_node(f"#{index}", message, skipped) for index, message in enumerate(messages)]
    if not any("parent_message_uuid" in message for message in messages):
        for above, below in pairwise(nodes):  # old exports have only an order
            below.parent = above.id
    built = turns(nodes)
    current = as_id(conversation.get("current_leaf_message_uuid"))
    return ReadConversation(
        source=SOURCE,
        id=as_id(conversation.get("uuid")),
        title=as_text(conversation.get("name"))[:MAX_NAME],
        created_at=as_time(conversation.get("created_at")),
        updated_at=as_time(conversation.get("updated_at")),
        is_pinned=conversation.get("is_starred") is True,
        project=_project(conversation),
        messages=built.messages,
        head=built.of_node.get(current) or _last(nodes, built.of_node),
        skipped=skipped + built.skipped,
    )


def _project(conversation: dict[str, Any]) -> str:
    """Return the id of its project, which most exports don't name."""
    named = as_dict(conversation.get("project")).get("uuid")
    return as_id(conversation.get("project_uuid")) or as_id(named)


def _last(nodes: list[Node], of_node: dict[str, Any]) -> Any:
    """Return the message of the last node: without a mark, its branch is the one that is shown."""
    return next((of_node[node.id] for node in reversed(nodes) if node.id in of_node), None)


def _node(key: str, message: dict[str, Any], skipped: Counter[Skipped]) -> Node:
    parent = as_id(message.get("parent_message_uuid"))
    id_ = as_id(message.get("uuid")) or key
    node = Node(id_, parent if parent not in ("", ROOT) else None, None)
    node.created_at = as_time(message.get("created_at"))
    for part in map(as_dict, as_list(message.get("content"))):
        _add(node, part, skipped)
    if not node.text and not node.calls:
        node.text = as_text(message.get("text"))
    for attachment in map(as_dict, as_list(message.get("attachments"))):
        name = as_text(attachment.get("file_name"))[:MAX_NAME]
        node.files.append(File("", name, as_text(attachment.get("extracted_content"))))
    for file in map(as_dict, as_list(message.get("files"))):
        if name := as_text(file.get("file_name"))[:MAX_NAME]:
            node.files.append(File("", name))
    if node.text.strip() or node.reasoning or node.calls or node.files:
        node.role = ROLES.get(as_text(message.get("sender")))
    if node.role is None:
        skipped[Skipped.EMPTY] += 1
    return node


def _add(node: Node, part: dict[str, Any], skipped: Counter[Skipped]) -> None:
    match part.get("type"):
        case "text":
            text = _with_citations(as_text(part.get("text")), as_list(part.get("citations")))
            node.add_text(text)
        case "thinking":
            summaries = map(as_dict, as_list(part.get("summaries")))
            said = as_text(part.get("thinking")) or "\n\n".join(
                as_text(summary.get("summary")) for summary in summaries
            )
            node.add_reasoning(said)
        case "tool_use":
            arguments = json.dumps(as_dict(part.get("input")), ensure_ascii=False)
            node.add_call(as_text(part.get("name")), arguments)
        case "tool_result":
            _end_call(node, part, skipped)
        case kind if kind in IGNORED:
            pass
        case _:
            skipped[Skipped.UNKNOWN] += 1


def _end_call(node: Node, part: dict[str, Any], skipped: Counter[Skipped]) -> None:
    texts = []
    content = part.get("content")
    for item in [content] if isinstance(content, str) else as_list(content):
        if isinstance(item, str):
            texts.append(item)
            continue
        item = as_dict(item)
        if item.get("type") in ("image", "image_gallery"):
            skipped[Skipped.IMAGE] += 1
        shown = (as_text(item.get(name)) for name in ("title", "url", "text"))
        texts.append("\n".join(filter(None, shown)))
    name = as_text(part.get("name"))[:MAX_NAME]
    result = "\n\n".join(filter(None, texts))
    node.end_call(result, name, is_error=part.get("is_error") is True)


def _with_citations(text: str, citations: list[Any]) -> str:
    """Put a link where a text cites a page."""
    places = set()
    for citation in map(as_dict, citations):
        end, url = citation.get("end_index"), as_text(as_dict(citation.get("details")).get("url"))
        is_web = url.startswith(("https://", "http://")) and not set(url) & set("<> \n")
        if isinstance(end, int) and 0 <= end <= len(text) and is_web:
            places.add((end, url))
    pieces, begin = [], 0
    for end, url in sorted(places):
        pieces += [text[begin:end], f" ([source](<{url}>))"]
        begin = end
    return "".join([*pieces, text[begin:]])
