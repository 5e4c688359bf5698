"""The instructions that a model reads before a conversation, part after part.

Together they are the same bytes in every request of a conversation, and first, because the service
caches them: what is the same for more people comes before what is the same for fewer.
"""

from dataclasses import dataclass
from enum import StrEnum

from chatapp.conversations.models import Conversation

INSTRUCTIONS = """\
You are a helpful assistant in a web chat. Answer in the language of the person.
Format answers in GitHub-flavoured Markdown: fenced code blocks with a language, tables where they
help. Write mathematics in LaTeX between \\( and \\), display formulas between \\[ and \\]. Around
code that has fences itself, use a longer fence. Keep answers as short as the question allows."""


class Source(StrEnum):
    """Who wrote a part, in the order of the parts."""

    SITE = "site"
    PERSON = "person"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Part:
    source: Source
    text: str


def instruction_parts(conversation: Conversation) -> list[Part]:
    """Return the parts that aren't empty. The site's is always there."""
    parts = [
        Part(Source.SITE, INSTRUCTIONS),
        Part(Source.PERSON, conversation.personal_instructions.strip()),
        Part(Source.CONVERSATION, conversation.instructions.strip()),
    ]
    return [part for part in parts if part.text]


def system_text(conversation: Conversation) -> str:
    return "\n\n".join(part.text for part in instruction_parts(conversation))
