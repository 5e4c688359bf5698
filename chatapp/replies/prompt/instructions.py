"""The instructions that a model reads before a conversation, part after part.

Together they are the same bytes in every request of a conversation, and first, because the service
caches them: what is the same for more people comes before what is the same for fewer. Only those of
a project may change meanwhile: its conversations have them as they are now.
"""

from dataclasses import dataclass
from enum import StrEnum

from chatapp.conversations.models import Conversation
from chatapp.projects.models import Project

INSTRUCTIONS = """\
You are a helpful assistant in a web chat. Answer in the language of the person.
Format answers in GitHub-flavoured Markdown: fenced code blocks with a language, tables where they
help. Write mathematics in LaTeX between \\( and \\), display formulas between \\[ and \\]. Around
code that has fences itself, use a longer fence. Keep answers as short as the question allows."""


class Source(StrEnum):
    """Who wrote a part, in the order of the parts."""

    SITE = "site"
    PERSON = "person"
    PROJECT = "project"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Part:
    source: Source
    text: str


def instruction_parts(conversation: Conversation, project: Project | None) -> list[Part]:
    """Return the parts that aren't empty. The site's is always there."""
    parts = [
        Part(Source.SITE, INSTRUCTIONS),
        Part(Source.PERSON, conversation.personal_instructions.strip()),
        Part(Source.PROJECT, project.instructions.strip() if project else ""),
        Part(Source.CONVERSATION, conversation.instructions.strip()),
    ]
    return [part for part in parts if part.text]


def system_text(conversation: Conversation, project: Project | None) -> str:
    return "\n\n".join(part.text for part in instruction_parts(conversation, project))
