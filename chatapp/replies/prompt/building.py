"""Building the request for the model: the instructions, then the branch of the conversation."""

from dataclasses import dataclass, replace

from chatapp.conversations.models import MAX_ROUNDS, Effort, Message, ToolCall
from chatapp.conversations.models.model_choice import model_of
from chatapp.inference import ChatMessage, CompletionRequest, Model, TextPart
from chatapp.inference.context_window import estimate_messages, room_for_history
from chatapp.projects.material import Material, material_of
from chatapp.replies.accounting import Call
from chatapp.replies.prompt import image_delivery, suspicion
from chatapp.replies.prompt.documents import Documents, Room, documents_of
from chatapp.replies.prompt.history import History, newest_messages
from chatapp.replies.prompt.image_urls import Holder, urls_of
from chatapp.replies.prompt.instructions import system_text
from chatapp.replies.prompt.project_files import ProjectTurn, project_turn, window_of
from chatapp.replies.prompt.turns import has_calls, image_part, reply_turns, turns_of, vary
from chatapp.replies.tools.toolbox import Toolbox

# These models refuse an assistant message at the end, so they are asked to continue.
CONTINUE = """\
Your answer above was cut off. Continue it exactly where it ends, from the very next character.
Do not repeat any of it, and do not comment on the interruption."""

# Asked once when a model says nothing after the results of its tool calls.
ANSWER_NOW = "Your answer was empty. Answer now, using the results above."

# Tokens. The service accepts at least 1,024, and less than max_tokens.
BUDGETS = {Effort.LOW: 1_024, Effort.MEDIUM: 2_048, Effort.HIGH: 4_000}
MIN_BUDGET = 1_024
MIN_ANSWER = 1_024

TITLE_INSTRUCTIONS = """\
Write a title for a conversation that begins with the message below: at most six words, in the
language of the message, no quotation marks, no full stop. Answer with the title alone."""
TITLE_EXCERPT = 300  # characters
TITLE_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request, and what it excludes from the conversation. `call` is set once it may be sent."""

    reply: Message
    request: CompletionRequest
    delivery: image_delivery.Delivery
    toolbox: Toolbox
    images: tuple[Holder, ...] = ()  # that the model sees: of the project, then oldest first
    scanned: tuple[Holder, ...] = ()  # documents whose scanned pages it sees
    turns_excluded: int = 0
    pages_excluded: int = 0  # of the documents of the newest message
    scans_excluded: int = 0  # scanned pages of the same
    images_excluded: int = 0
    images_unsupported: int = 0  # by a model without vision
    call: Call | None = None


def reply_prompt(reply: Message, delivery: image_delivery.Delivery | None = None) -> Prompt:
    """Build the request for a reply from the messages before it on the branch.

    A reply that has text is continued. Reads the database, the image store and scanned pages: call
    it in a thread. Raises StoreUnavailable.
    """
    model = model_of(reply)
    delivery = delivery or image_delivery.deliveries(model.id)[0]
    material = material_of(reply.conversation)
    toolbox = Toolbox.of(reply, material)
    request = _without_history(reply, model, toolbox, material)
    window = window_of(model)
    given = _given(reply, material, model, delivery, toolbox)
    history = newest_messages(
        reply, room_for_history(request, window) - estimate_messages(given.messages)
    )
    attachments = history.attachments
    trusted = suspicion.trusted(reply, history, model)
    urls = urls_of(trusted.attachments, delivery, given.urls) if model.vision else {}
    room = Room.beside([*given.urls, *urls.values()], window)
    seen = {each.pk for each in trusted.documents}
    documents = documents_of(history, seen, model, room, toolbox.document_names)
    words = history.messages[-1].text if history.messages else ""
    turns = vary(_turns(history, urls, model, documents), reply.variation, words)
    request = _with_turns(request, [*given.messages, *turns])
    missing = len(attachments) - len(urls)
    return Prompt(
        reply,
        request,
        delivery,
        toolbox.with_texts(history.user_texts),
        (*given.images, *(attachment for attachment in attachments if attachment.pk in urls)),
        (*given.scanned, *documents.scanned),
        history.turns_excluded,
        documents.pages_excluded,
        documents.scans_excluded,
        images_excluded=missing if model.vision else 0,
        images_unsupported=0 if model.vision else missing + documents.scans_unsupported,
    )


def _given(
    reply: Message,
    material: Material,
    model: Model,
    delivery: image_delivery.Delivery,
    toolbox: Toolbox,
) -> ProjectTurn:
    """Return what the request has of the files of the project."""
    if not material.files:
        return ProjectTurn()
    with_images = material.may_have_images and suspicion.trusts_project(reply, model)
    names = toolbox.document_names
    return project_turn(material.files, model, delivery, names, with_images=with_images)


def _without_history(
    reply: Message, model: Model, toolbox: Toolbox, material: Material
) -> CompletionRequest:
    """Return a request with the instructions and the reply so far."""
    chosen = reply.conversation.chosen
    instructions = ChatMessage.from_text(
        "system", system_text(reply.conversation, material.project)
    )
    return CompletionRequest(
        model=model.id,
        messages=(instructions, *_reply_so_far(reply)),
        max_tokens=min(chosen.max_tokens or model.max_output, model.max_output),
        thinking_budget=_thinking_budget(reply, model),
        temperature=chosen.temperature,
        top_p=chosen.top_p,
        tools=toolbox.offered,
        may_call=_may_call(reply.shown_tool_calls),
        is_continuation=_ends_in_text(reply),
    )


def prompt_to_answer(prompt: Prompt) -> Prompt:
    """Return the prompt with a request for the answer that didn't come."""
    messages = (*prompt.request.messages, ChatMessage.from_text("user", ANSWER_NOW))
    return replace(prompt, request=replace(prompt.request, messages=messages), call=None)


def _turns(
    history: History, urls: dict[int, str], model: Model, documents: Documents
) -> list[ChatMessage]:
    return [
        turn
        for message in history.messages
        for turn in turns_of(message, urls, model, documents.parts)
    ]


def _with_turns(request: CompletionRequest, turns: list[ChatMessage]) -> CompletionRequest:
    system, *reply_so_far = request.messages
    if request.tools and has_calls([*turns, *reply_so_far]):
        request = replace(request, thinking_budget=None)
    return replace(request, messages=(system, *turns, *reply_so_far))


def _reply_so_far(reply: Message) -> list[ChatMessage]:
    """Return the reply so far, with the instruction to continue if it ends in text."""
    turns = reply_turns(reply.text, reply.shown_tool_calls)
    return [*turns, ChatMessage.from_text("user", CONTINUE)] if _ends_in_text(reply) else turns


def _ends_in_text(reply: Message) -> bool:
    """Return whether the reply ends in text, and not in the results of tool calls."""
    tool_calls = reply.shown_tool_calls
    begun = tool_calls[-1].text_length if tool_calls else 0
    return bool(reply.text[begun:].strip())


def _may_call(tool_calls: list[ToolCall]) -> bool:
    return not tool_calls or tool_calls[-1].round + 1 < MAX_ROUNDS


def image_request(
    model: str, image: Holder, delivery: image_delivery.Delivery
) -> CompletionRequest | None:
    """Return the shortest request about one image, to see whether the service accepts it by this
    delivery.

    None when its bytes are gone. Call it in a thread.
    """
    url = urls_of([image], delivery).get(image.pk)
    if url is None:
        return None
    parts = (image_part(image, url), TextPart("OK?"))
    return CompletionRequest(model, (ChatMessage("user", parts),), max_tokens=1)


def title_request(message: Message, model: str) -> CompletionRequest:
    return CompletionRequest(
        model=model,
        messages=(
            ChatMessage.from_text("system", TITLE_INSTRUCTIONS),
            ChatMessage.from_text("user", message.text[:TITLE_EXCERPT]),
        ),
        max_tokens=TITLE_TOKENS,
    )


def _thinking_budget(reply: Message, model: Model) -> int | None:
    """Return the tokens for thinking, None without thinking.

    A resumed reply has thought already, and a model that gives only short answers has no room for
    it.
    """
    has_room = model.max_output >= MIN_BUDGET + MIN_ANSWER
    if not reply.thinking or reply.text or not model.thinking or not has_room:
        return None
    return BUDGETS[Effort(reply.thinking)]
