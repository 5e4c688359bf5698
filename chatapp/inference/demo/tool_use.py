"""Choose tool calls by the words of a message, and describe tool results."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

type Call = tuple[str, str]  # the name of a tool, and its arguments as JSON

# A pattern in a message, the tool to call for it, and the argument that the pattern finds.
PATTERNS = (
    (
        re.compile(r"\bweather\b.*?\bin ([^?.!]+?)(?: right now| now| today)?[?.!]*$", re.I | re.S),
        "current_weather",
        "place",
    ),
    (re.compile(r"\b(?:read|summari[sz]e)\b.*?(https?://[^\s<>]+)", re.I), "read_web_page", "url"),
    (re.compile(r"\bcalculate ([^?]+)", re.I), "calculate", "expression"),
    (re.compile(r"\bpages? (\d+(?:\s*[-,]\s*\d+)*)", re.I), "read_pages", "pages"),
    (re.compile(r"\bfind ([^?]+?) in the document", re.I), "search_document", "query"),
    (re.compile(r"\bwhat time is it\b()", re.I), "current_date_and_time", ""),
)
OF_DOCUMENTS = {"read_pages", "search_document"}
MAX_QUOTED = 600  # characters


def calls_for(words: str, documents: Sequence[str] = ()) -> tuple[Call, ...]:
    """Return the calls that the words need; `documents` are the names of those in the chat."""
    for pattern, name, argument in PATTERNS:
        if found := pattern.search(words):
            arguments = {argument: found[1].strip()} if argument else {}
            if name in OF_DOCUMENTS and len(documents) > 1:
                arguments["document"] = _meant(words, documents)
            return ((name, json.dumps(arguments)),)
    return ()


def describe_result(result: str) -> str:
    """Describe the result of a call, as prose for the tools that the demo knows."""
    answer = _object(result)
    match answer.get("untrusted_content"):
        case {"place": place, "temperature": temperature, **rest}:
            sky = f", {rest['conditions']}" if "conditions" in rest else ""
            return f"In {place}, it is {temperature}{sky}."
        case {"pages": [{"page": number, "text": text}, *_]}:
            return f"This is p. {number}:\n\n{_quoted(str(text))}"
        case {"title": title, "text": text}:
            return f"**{title}** begins like this:\n\n{_quoted(str(text))}"
    if "error" in answer:
        return f"The tool call failed: {answer['error']}"
    return f"The tool returned:\n\n{_quoted(result)}"


def _meant(words: str, documents: Sequence[str]) -> str:
    """Return the document that the words name, or else the first one."""
    lower = words.casefold()
    return next((name for name in documents if name.casefold() in lower), documents[0])


def _quoted(text: str) -> str:
    shown = text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"
    return f"```\n{shown}\n```"


def _object(result: str) -> dict[str, Any]:
    try:
        value = json.loads(result)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
