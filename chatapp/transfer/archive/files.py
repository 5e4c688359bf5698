"""The files of an archive, each phase writing those of one kind. docs/export.md describes them."""

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from chatapp.conversations.models import Conversation
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.transfer import pages
from chatapp.transfer.account_record import account_record, draft_record, next_drafts
from chatapp.transfer.archive.step import Step
from chatapp.transfer.archive.stored_files import write_list
from chatapp.transfer.conversation_json import CLOSING, conversation_opening, messages_piece
from chatapp.transfer.reading import Place, branch_after, projects_of_person
from chatapp.transfer.records import (
    document_name,
    document_record,
    encode,
    file_record,
    image_name,
    image_record,
    project_record,
)
from chatapp.transfer.stylesheet import FONT_NAME, linked_stylesheet, math_font

SHARD_BYTES = 8 * 1024**2  # a conversation isn't divided, so a shard may be longer
PROJECTS_AT_ONCE = 20
STYLE = "style.css"


def shard_name(number: int) -> str:
    return f"conversations/{number:04}.json"


def page_name(conversation_id: object) -> str:
    return f"pages/{conversation_id}.html"


def write_conversations(step: Step) -> bool:
    """Write shards of JSON; return whether that was all."""
    writer, cursor = step.writer, step.cursor

    def begin(conversation: Conversation) -> None:
        if writer.is_open:
            writer.write(b",\n")
        else:
            cursor["shards"] = cursor.get("shards", 0) + 1
            writer.begin(shard_name(cursor["shards"]))
            writer.write(encode(file_record(step.job.created_at))[:-1] + b',"conversations":[\n')
        writer.write(conversation_opening(conversation))

    def piece(conversation: Conversation, place: Place) -> Place | None:
        data, place_after = messages_piece(conversation, place)
        writer.write(data)
        return place_after

    def end() -> None:
        writer.write(CLOSING)
        if writer.size_of_file > SHARD_BYTES:
            end_shard()

    def end_shard() -> None:
        writer.write(b"]}\n")
        writer.end()

    is_all = step.walk(begin, piece, end)
    if is_all and writer.is_open:
        end_shard()
    return is_all


def write_pages(step: Step) -> bool:
    """Write a page of HTML for each conversation."""
    writer = step.writer

    def begin(conversation: Conversation) -> None:
        writer.begin(page_name(conversation.pk))
        writer.write(_page_opening(conversation).encode())

    def piece(conversation: Conversation, place: Place) -> Place | None:
        batch = branch_after(conversation, place)
        for message in batch.messages:
            html = pages.message_page(message, conversation.owner_id, _image_url)
            writer.write(html.encode())
        return batch.place

    def end() -> None:
        writer.write(_page_closing().encode())
        writer.end()

    return step.walk(begin, piece, end)


def write_account(step: Step) -> bool:
    """Write the account, with its drafts one after the other; return whether that was all.

    An archive of some conversations is for giving away, so it has none.
    """
    if step.only:
        return True
    writer, cursor, person = step.writer, step.cursor, step.person
    if not writer.is_open:
        writer.begin("account.json")
        opening = file_record(step.job.created_at, **account_record(person))
        writer.write(encode(opening)[:-1] + b',"drafts":[')
    while not step.is_full:
        drafts = next_drafts(person, cursor.get("after") or 0)
        for draft in drafts:
            writer.write((b",\n" if cursor.get("after") else b"\n") + encode(draft_record(draft)))
            cursor["after"] = draft.pk
        if not drafts:
            writer.write(b"]}\n")
            writer.end()
            return True
    return False


def write_rest(step: Step) -> bool:
    """Write what describes and opens the other files; the manifest comes last."""
    writer, at = step.writer, step.job.created_at
    images = Image.objects.filter(archive_parts__job=step.job).order_by("pk").iterator()
    records = (image_record(each, file=f"images/{image_name(each)}") for each in images)
    write_list(step, "images", records)
    documents = Document.objects.filter(archive_parts__job=step.job).order_by("pk").iterator()
    records = (document_record(each, file=f"documents/{document_name(each)}") for each in documents)
    write_list(step, "documents", records)
    projects = projects_of_person(step.person, step.only).prefetch_related(
        "files__document", "files__image"
    )
    write_list(step, "projects", map(project_record, projects.iterator(PROJECTS_AT_ONCE)))
    writer.add(f"pages/{STYLE}", linked_stylesheet().encode())
    writer.add(f"pages/{FONT_NAME}", math_font())
    _write_index(step)
    writer.add("manifest.json", encode(file_record(at, **_manifest(step))))
    return True


def _write_index(step: Step) -> None:
    """Write the page that lists all conversations, the newest first."""
    opening, closing = pages.frame(
        "transfer/index.html", policy=pages.BESIDE, style_url=f"pages/{STYLE}"
    )
    step.writer.begin("index.html")
    step.writer.write(opening.encode())
    for conversation in step.conversations.newest_first().iterator(chunk_size=500):
        step.writer.write(_index_line(conversation).encode())
    step.writer.write(closing.encode())
    step.writer.end()


def _index_line(conversation: Conversation) -> SafeString:
    return format_html(
        '<li><a href="{}" dir="auto">{}</a> <time datetime="{}">{}</time></li>\n',
        page_name(conversation.pk),
        conversation.display_title,
        conversation.active_at.isoformat(),
        f"{conversation.active_at:%Y-%m-%d}",
    )


def _manifest(step: Step) -> dict[str, object]:
    shards = range(1, step.cursor.get("shards", 0) + 1)
    return {
        "conversations": [shard_name(number) for number in shards],
        "images": "images.json",
        "documents": "documents.json",
        "projects": "projects.json",
        "account": None if step.only else "account.json",
        "missing_images": step.cursor.get("missing", []),
        "missing_documents": step.cursor.get("missing_documents", []),
    }


def _page_opening(conversation: Conversation) -> str:
    return _frame(conversation)[0]


@cache
def _page_closing() -> str:
    return _frame(Conversation())[1]


def _frame(conversation: Conversation) -> tuple[str, str]:
    return pages.frame(
        "transfer/conversation.html",
        conversation=conversation,
        policy=pages.BESIDE,
        style_url=STYLE,
        index_url="../index.html",
    )


def _image_url(image: Image) -> str:
    return f"../images/{image_name(image)}"
