"""ChatGPT's export, of its old and its 2026 layout: an array of conversations with a `mapping`.

Source: the importers of LibreChat and others, and exports described in their issues (November
2026). The tree is read from `parent` alone, because newer exports leave `children` out.
"""

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

SOURCE = "chatgpt"
# A citation: private-use characters around words such as "cite", "turn0search3".
MARK = re.compile("\ue200[^\ue201]{0,400}\ue201|[\ue200-\ue206]")
CANVAS = re.compile(r"^:::writing\{[^}\n]*\}\n?|^:::$\n?", re.MULTILINE)
POINTER = re.compile(r"^(?:file-service|sediment)://")
HIDDEN = ("user_editable_context", "model_editable_context")


def is_conversation(conversation: dict[str, Any]) -> bool:
    return isinstance(conversation.get("mapping"), dict)


def read(conversation: dict[str, Any]) -> ReadConversation:
    skipped: Counter[Skipped] = Counter()
    nodes = [
        _node(str(key), as_dict(value), skipped)
        for key, value in as_dict(conversation.get("mapping")).items()
    ]
    built = turns(nodes)
    current = as_id(conversation.get("current_node"))
    return ReadConversation(
        source=SOURCE,
        id=as_id(conversation.get("conversation_id")) or as_id(conversation.get("id")),
        title=as_text(conversation.get("title"))[:MAX_NAME],
        created_at=as_time(conversation.get("create_time")),
        updated_at=as_time(conversation.get("update_time")),
        is_pinned=bool(conversation.get("pinned_time")),
        is_archived=conversation.get("is_archived") is True,
        messages=built.messages,
        head=built.of_node.get(current) or (built.messages[-1] if built.messages else None),
        skipped=skipped + built.skipped,
    )


def _node(key: str, value: dict[str, Any], skipped: Counter[Skipped]) -> Node:
    parent = value.get("parent")
    node = Node(key, parent if isinstance(parent, str) else None, None)
    message = as_dict(value.get("message"))
    role = as_text(as_dict(message.get("author")).get("role"))
    metadata = as_dict(message.get("metadata"))
    is_hidden = (
        metadata.get("is_visually_hidden_from_conversation") is True or message.get("weight") == 0
    )
    if not message or is_hidden or role not in ("user", "assistant", "tool"):
        return node
    node.created_at = as_time(message.get("create_time"))
    node.model = as_text(metadata.get("model_slug"))[:100]
    content = as_dict(message.get("content"))
    if content.get("content_type") in HIDDEN:
        skipped[Skipped.INSTRUCTIONS] += 1
        return node
    _fill(node, message, content, skipped)
    _attach(node, metadata, skipped)
    node.sources = _sources(metadata)
    if node.text or node.reasoning or node.files or node.calls:
        node.role = Role.USER if role == "user" else Role.ASSISTANT
    elif node.thought_seconds is not None:
        node.role = Role.ASSISTANT
    return node


def _fill(
    node: Node, message: dict[str, Any], content: dict[str, Any], skipped: Counter[Skipped]
) -> None:
    """Put what one message says into its node, by the type of its content."""
    author = as_text(as_dict(message.get("author")).get("name"))
    recipient = as_text(message.get("recipient")) or "all"
    text = as_text(content.get("text"))
    match content.get("content_type"):
        case "text" | "multimodal_text":
            _add_parts(node, message, _parts(node, as_list(content.get("parts")), skipped))
        case "code" if recipient != "all":
            node.add_call(recipient, _object(text))
        case "code":
            language = re.sub(r"[^\w+#-]", "", as_text(content.get("language")))
            node.text = _fenced(text, "" if language == "unknown" else language)
        case "execution_output":
            node.add_call(author or "python", "", text)
        case "thoughts":
            node.reasoning = _thoughts(as_list(content.get("thoughts")))
        case "reasoning_recap":
            finished = as_dict(message.get("metadata")).get("finished_duration_sec")
            node.thought_seconds = as_seconds(finished)
        case "tether_quote" | "tether_browsing_display" | "sonic_webpage":
            shown = (as_text(content.get(name)) for name in ("title", "url", "text", "result"))
            node.add_call(author or "browser", "", "\n\n".join(filter(None, shown)))
        case kind:
            skipped[Skipped.UNKNOWN] += 1
            node.text = _note(as_text(kind), text)


def _add_parts(node: Node, message: dict[str, Any], text: str) -> None:
    """Add the text of a message, which is a call's when it isn't addressed to all."""
    author = as_dict(message.get("author"))
    recipient = as_text(message.get("recipient")) or "all"
    if not text:
        return
    if author.get("role") == "tool":
        node.add_call(as_text(author.get("name")), "", text)
    elif author.get("role") == "assistant" and recipient != "all":
        node.add_call(recipient, _object(text))
    else:
        node.text = text


def _note(kind: str, text: str) -> str:
    """Return what is shown of a content that isn't known."""
    name = re.sub(r"\W", " ", kind)[:40].strip() or "no type"
    if not text:
        return f"*Not imported: a part of the type “{name}”.*"
    return f"*Imported without its layout ({name}):*\n\n{_fenced(text)}"


def _parts(node: Node, parts: list[Any], skipped: Counter[Skipped]) -> str:
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(CANVAS.sub("", MARK.sub("", part)))
            continue
        part = as_dict(part)
        match part.get("content_type"):
            case "image_asset_pointer":
                pointer = POINTER.sub("", as_text(part.get("asset_pointer")))
                dalle = as_dict(as_dict(part.get("metadata")).get("dalle"))
                name = as_text(dalle.get("prompt"))[:MAX_NAME]
                if pointer:
                    node.files.append(File(pointer, name, is_image=True))
            case "audio_transcription":
                texts.append(as_text(part.get("text")))
            case "audio_asset_pointer" | "real_time_user_audio_video_asset_pointer":
                skipped[Skipped.AUDIO] += 1
            case _:
                skipped[Skipped.UNKNOWN] += 1
    return "\n\n".join(text for text in texts if text.strip())


def _attach(node: Node, metadata: dict[str, Any], skipped: Counter[Skipped]) -> None:
    known = {file.id for file in node.files}
    for attachment in map(as_dict, as_list(metadata.get("attachments"))):
        id_, name = as_id(attachment.get("id")), as_text(attachment.get("name"))[:MAX_NAME]
        is_image = as_text(attachment.get("mime_type")).startswith("image/")
        if id_ and id_ not in known:
            node.files.append(File(id_, name, is_image=is_image))
        elif not id_:
            skipped[Skipped.FILE] += 1


def _sources(metadata: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the pages that an answer cites, each once."""
    found: dict[str, str] = {}
    for reference in map(as_dict, as_list(metadata.get("content_references"))):
        for one in [reference, *map(as_dict, as_list(reference.get("items")))]:
            _note_source(found, one)
            for source in map(as_dict, as_list(one.get("sources"))):
                _note_source(found, source)
    for citation in map(as_dict, as_list(metadata.get("citations"))):
        _note_source(found, as_dict(citation.get("metadata")))
    return [(title, url) for url, title in found.items()]


def _note_source(found: dict[str, str], source: dict[str, Any]) -> None:
    url = as_text(source.get("url"))
    if url.startswith(("https://", "http://")) and len(url) <= 2_000:
        found.setdefault(url, as_text(source.get("title"))[:MAX_NAME] or url)


def _thoughts(thoughts: list[Any]) -> str:
    texts = []
    for thought in map(as_dict, thoughts):
        summary, said = as_text(thought.get("summary")), as_text(thought.get("content"))
        texts.append(f"**{summary}**\n\n{said}" if summary and said else summary or said)
    return "\n\n".join(text for text in texts if text.strip())


def _object(arguments: str) -> str:
    """Return the arguments of a call as the text of a JSON object, which they need not be."""
    try:
        is_object = isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        is_object = False
    return arguments if is_object else json.dumps({"input": arguments}, ensure_ascii=False)


def _fenced(text: str, language: str = "") -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
