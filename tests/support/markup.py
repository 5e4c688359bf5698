"""The stable handles in the app's HTML that tests read."""

import re

RUNNING = ("queued", "streaming")  # states of a reply that has no end yet
CSRF_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REPLY_ID = re.compile(r'data-message="([0-9a-f-]{36})" data-role="assistant"')
TOOL_CALL_STATE = re.compile(r'data-part="tool" data-state="(\w+)"')
DECISION_URL = re.compile(r'action="([^"]+)" data-act="decide"')
ACTION_URL = re.compile(r'action="([^"]+)" data-act="(retry|continue)"')
VERSION_URL = re.compile(r'formaction="([^"]+/shown)"')
HIDDEN_FROM = re.compile(r'data-hidden="(\d+)"')  # another branch is shown from this position on
DECIDE = 'data-act="decide"'  # is in the HTML as long as there is something to decide
# The line of a thought or a tool call, or a paragraph of a reply.
_PIECE = re.compile(
    r'(?:data-slot="thinking_line-\d+"|class="tool-call-line"[^>]*|<p dir="auto")>([^<]+)'
)


def order_of(html: str) -> list[str]:
    """Return what a reply shows in its order: lines of thoughts and tool calls, and paragraphs."""
    return [piece.strip() for piece in _PIECE.findall(html)]
