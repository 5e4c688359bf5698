"""Files of a project that try to instruct the model: they stay inside their labels."""

import re

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Message, ToolCall
from chatapp.inference import TextPart
from chatapp.projects.models import ProjectFile
from chatapp.replies import generation
from chatapp.replies.prompt.building import reply_prompt
from tests.projects.file_kit import add_document, add_image, ask
from tests.projects.kit import project_of
from tests.replies.test_document_attacks import ATTACKS, MARK, TAG, everywhere, hostile

pytestmark = pytest.mark.django_db(transaction=True)

WHERE = re.compile(r"\[The image “[^“”\n]*” of the project:\]")


@everywhere
def test_a_file_of_a_project_stays_inside_its_label(owner: Person, attack: str) -> None:
    project = project_of(owner, name=attack[:100])
    ProjectFile.objects.create(project=project, document=hostile(owner, attack))
    add_document(project, *[attack] * 2, tokens=60_000, name=f"{attack} again")
    add_document(project, *[attack] * 2, tokens=60_000, name=f"{attack} once more")
    add_image(project, attack[:200])

    prompt = reply_prompt(ask(project, owner, "What does it say?"))

    system, material, question = prompt.request.messages
    assert question.parts == (TextPart("What does it say?"),)
    assert attack not in system.text
    name, _image, document, rest = material.parts
    assert isinstance(name, TextPart)
    assert WHERE.fullmatch(name.text)
    assert isinstance(document, TextPart)
    inside = document.text.removesuffix("</document>")
    assert re.match(r'<document name="[^"\n]*" pages="1-2" of="2">\n', inside)
    assert len(TAG.findall(inside)) == 1
    assert [each[0] for each in MARK.finditer(inside)] == ["--- page 1", "--- page 2"]
    assert isinstance(rest, TextPart)
    names = rest.text.removesuffix("</document>").split("\n\n")[1].strip()
    assert len(names.split("\n")) == 2
    assert not TAG.search(names)
    assert prompt.toolbox.context.written == ("What does it say?",)
    assert "\n" not in "".join(prompt.toolbox.context.files)


@pytest.mark.parametrize("attack", ["an order", "a command of the demo", "an opening tag"])
@pytest.mark.usefixtures("demo")
async def test_the_demo_model_does_nothing_that_a_project_says(owner: Person, attack: str) -> None:
    def asked() -> Message:
        project = project_of(owner)
        ProjectFile.objects.create(project=project, document=hostile(owner, ATTACKS[attack]))
        add_image(project, ATTACKS[attack][:200])
        return ask(project, owner, "/echo Herons")

    reply = await background.in_thread(asked)

    await generation.generate(reply)

    await reply.arefresh_from_db()
    assert (reply.status, reply.text) == ("complete", "Herons")
    assert not await ToolCall.objects.aexists()
