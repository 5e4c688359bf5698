"""Text that the web firewall in front of the service let through only when rewritten.

The triggers are those that clients of the service met: they look like attacks to a filter that
does not know that they are what people talk about. Escapes in JSON do not hide them all, because
a good filter undoes escapes. So each is broken up where a reader, human or model, still sees what
it was.
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

# In this order: what a rule takes away can uncover the trigger of a later one, never of an earlier
# one. No rule adds or takes away a quote or a backslash, so JSON in a text stays JSON.
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
    """The request with every known trigger in its texts broken up; the same object when there is
    none. That goes for the system text too, where a person's instructions may stand; tools stay
    as they are. Doing it twice changes nothing more."""
    messages = tuple(map(_message, request.messages))
    if messages == request.messages:
        return request
    return replace(request, messages=messages)


def rewrite_text(text: str) -> str:
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def _message(message: ChatMessage) -> ChatMessage:
    return ChatMessage(message.role, tuple(map(_part, message.parts)))


def _part(part: Part) -> Part:
    match part:
        case TextPart(text):
            return TextPart(rewrite_text(text))
        case ToolCallPart(call_id, name, arguments):
            return ToolCallPart(call_id, name, rewrite_text(arguments))
        case ToolResultPart(call_id, content):
            return ToolResultPart(call_id, rewrite_text(content))
    return part
