"""Commands on the app's own database, run in a process with the app's environment; answers are
JSON.

cookie EMAIL                signs somebody in, who is created when missing; gives the session
conversation EMAIL COUNT [WORDS]
                            one conversation of COUNT messages, of so many words; gives its path
conversations EMAIL COUNT   COUNT conversations without messages
shared EMAIL COUNT          one conversation of COUNT messages, shared; gives the path of the share
images PATH COUNT KILOBYTES adds COUNT images of so many kilobytes to a conversation
queries EMAIL PATH          how many queries a GET of PATH makes
people NAME COUNT           COUNT people with that name; gives the session of each
faults NAME COUNT           what is wrong with the COUNT replies that people of that name asked for
untitled NAME               how many conversations of people of that name have no title by the model
"""

import hashlib
import json
import os
import random
import sys
from collections.abc import Callable
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from chatapp.accounts.models import Person  # noqa: E402
from chatapp.conversations.models import Attachment, Conversation, Message  # noqa: E402
from chatapp.conversations.models.settings import default_model  # noqa: E402
from chatapp.images.models import Image, ImageData  # noqa: E402
from chatapp.rendering import VERSION, render_document  # noqa: E402
from chatapp.sharing.publishing import Choices, publish  # noqa: E402
from tests.bench import model  # noqa: E402

BATCH = 1000  # rows
QUESTION_WORDS = 20
PARAGRAPHS = 3
PARAGRAPH_WORDS = 50
FENCE = "```python\nfor item in items:\n    print(item.name, item.price)\n```"

# Text of made-up words: repeated sentences would compress far better than anybody's.
chance = random.Random(1)
LETTERS = "etaoinshrdlcumwfgypbvk"
WORDS = ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(3000)]


def cookie(email: str) -> str:
    return str(signed_in(email).cookies[settings.SESSION_COOKIE_NAME].value)


def conversation(email: str, count: str, words: str = "") -> str:
    shown = Conversation.objects.create(owner=_person(email), model=default_model(), title=email)
    parent, rows = None, []
    for position in range(int(count)):
        parent = _message(shown, parent, position, int(words or 0))
        rows.append(parent)
    Message.objects.bulk_create(rows, batch_size=BATCH)
    return shown.get_absolute_url()


def conversations(email: str, count: str) -> int:
    owner, now = _person(email), timezone.now()
    rows = (
        Conversation(
            owner=owner,
            model=default_model(),
            title=_words(5),
            active_at=now - timedelta(minutes=20 * age),
        )
        for age in range(int(count))
    )
    return len(Conversation.objects.bulk_create(rows, batch_size=BATCH))


def shared(email: str, count: str) -> str:
    path = conversation(email, count)
    kept = Conversation.objects.get(pk=path.split("/")[2])
    return reverse(
        "shared", args=[publish(kept, Choices(None, None, True, False, False, "")).token]
    )


def images(path: str, count: str, kilobytes: str) -> int:
    shown = Conversation.objects.get(pk=path.strip("/").split("/")[1])
    head = shown.branch.filter(role=Message.Role.USER).first()
    assert head
    for position in range(int(count)):
        content = os.urandom(int(kilobytes) * 1024)
        size = {"width": 1, "height": 1, "byte_size": len(content)}
        image = Image.objects.create(
            owner=shown.owner,
            sha256=hashlib.sha256(content).hexdigest(),
            content_type="image/png",
            **size,
        )
        ImageData.objects.create(image=image, content=content)
        Attachment.objects.create(message=head, position=position, image=image)
    return int(count)


def queries(email: str, path: str) -> int:
    client = signed_in(email)
    client.get(path)  # the first request of a process may look something up once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def people(name: str, count: str) -> list[str]:
    return [cookie(f"{name}{number}@example.com") for number in range(int(count))]


def faults(name: str, count: str) -> list[str]:
    """Return a line for each reply that isn't stored and rendered as the model wrote it."""
    asked = Message.objects.filter(author__email__startswith=name)
    pairs = [(message.text, message.children.get()) for message in asked]
    found = [fault for pair in pairs if (fault := _fault(*pair))]
    return found + ["missing"] * (int(count) - len(pairs))


def untitled(name: str) -> int:
    own = Conversation.objects.filter(owner__email__startswith=name)
    return own.exclude(titled_by=Conversation.TitledBy.MODEL).count()


def _fault(question: str, reply: Message) -> str:
    asked = model.plan({"messages": [{"role": "user", "content": question}]})
    assert asked
    said = "".join(model.token(asked.run, index) for index in range(asked.tokens))
    if reply.status != Message.Status.COMPLETE or reply.text != said:
        return f"{reply.pk} is {reply.status} with {len(reply.text)} of {len(said)} characters"
    if reply.html != render_document(said, prefix=str(reply.pk)):
        return f"{reply.pk} is not rendered as it should be"
    return ""


def _person(email: str) -> Person:
    found = Person.objects.filter(email=email).first()
    return found or Person.objects.create_user(email)


def signed_in(email: str) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(_person(email))
    return client


def _message(shown: Conversation, parent: Message | None, position: int, words: int) -> Message:
    """Return a message of so many words, 0 for an ordinary one."""
    is_reply = position % 2 == 1
    text = _answer() if is_reply and not words else _words(words or QUESTION_WORDS)
    message = Message(
        conversation=shown,
        parent=parent,
        position=position,
        role=Message.Role.ASSISTANT if is_reply else Message.Role.USER,
        status=Message.Status.COMPLETE,
        text=text,
    )
    if is_reply:
        message.html = render_document(message.text, prefix=str(message.pk))
        message.html_version = VERSION
        message.model = shown.model
    return message


def _answer() -> str:
    return "\n\n".join([*(_words(PARAGRAPH_WORDS) for _ in range(PARAGRAPHS)), FENCE])


def _words(count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count)).capitalize() + "."


COMMANDS: dict[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        *(cookie, conversation, conversations, images, shared, queries, people, faults, untitled),
    )
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
