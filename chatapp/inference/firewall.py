"""Rewrite text that the web firewall in front of the service blocks.

The triggers are those that clients of the service met: people write about code, and the filter
takes it for an attack. JSON escapes don't hide all triggers, because a good filter undoes
escapes. So each trigger is split in a way that a reader, human or model, still understands.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .types import ChatMessage, CompletionRequest, Part, TextPart, ToolCallPart, ToolResultPart

LOCAL_HOST = (
    r"(?:localhost\b|127\.|10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0"
    r"|\[(?:::1|f[cde]))"
)
IMAGE_FILE = r"[\w-]+\.(?:png|jpe?g|gif|svg|webp|pdf)\b"
EVALUATION = r"(?:exec|eval|format_html)"

# The order matters: what a rule removes can uncover the trigger of a later rule, never of an
# earlier one. No rule adds or removes a quote or a backslash, so JSON in a text stays JSON.
RULES = [
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), replacement)
    for pattern, replacement in (
        (rf"\b(?:(?:https?|wss?|ftp)://)+(?={LOCAL_HOST})", ""),
        # The header and the places of a Python traceback
        (r"Traceback \(most recent call last\):", "Traceback, most recent call last:"),
        (r'^([ \t]*)File "([^"\n]*)", line (\d+), in ', r"\1In \2 at line \3, "),
        # Tags, declarations and entities of HTML
        (r"<(?=[a-z/!?])", "< "),
        (r"&(?=#?\w+;)", "& "),
        (r"\b(javascript|vbscript):", r"\1 :"),
        # onerror= and, because the filter does not look for the start of a word, response =
        (r"(on[a-z]{2,25})\s*=(?!=)", r"\1 :="),
        # Templates: {{ }}, {% %}, {# #}, ${ }, {/user} of URLs and {code} of issue trackers
        (r"([{$])(?=[{%#/])", r"\1 "),
        (r"([}%#])(?=\})", r"\1 "),
        (r"\{(?=(?:code|noformat|panel|quote|color)\b)", "{ "),
        (rf"!(?={IMAGE_FILE})", "! "),
        # Paths, calls and queries
        (r"\.\.(?=[/\\])", ".. "),
        (rf"\b({EVALUATION})\(", r"\1 ("),
        (r"\bos\.(?=system|popen)", "os ."),
        (r"(?<!:)=\s*Q\(", ":= Q("),
    )
]


def rewrite(request: CompletionRequest) -> CompletionRequest:
    """Return the request with every known trigger split, the same object when it has none.

    The system text is included, since it may contain a person's instructions; tools stay as they
    are. Rewriting twice changes nothing more.
    """
    messages = tuple(map(_message, request.messages))
    if messages == request.messages:
        return request
    return replace(request, messages=messages)


def rewrite_text(text: str) -> str:
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def _message(message: ChatMessage) -> ChatMessage:
    return replace(message, parts=tuple(map(_part, message.parts)), tokens=0)


def _part(part: Part) -> Part:
    match part:
        case TextPart(text):
            return TextPart(rewrite_text(text))
        case ToolCallPart(call_id, name, arguments):
            return ToolCallPart(call_id, name, rewrite_text(arguments))
        case ToolResultPart(call_id, content):
            return ToolResultPart(call_id, rewrite_text(content))
    return part
