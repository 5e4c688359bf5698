"""The settings with which a new conversation in a project begins."""

from collections.abc import Mapping
from dataclasses import replace

from chatapp.accounts.models import Person
from chatapp.conversations.models import Defaults, ModelSettings
from chatapp.conversations.models.model_choice import find_for
from chatapp.projects.models import Project


def settings_in(project: Project | None, person: Person) -> ModelSettings:
    """Return the settings of a project, or the person's usual ones where it has none.

    Its instructions aren't among them: they hold for all its conversations, also later. A model
    that the person can't use is replaced by their usual one. Nobody else's project turns on a tool
    that the person has turned off: it may act without asking, and the project says what it reads.
    """
    usual = Defaults.objects.of(person)
    if project is None or not project.model:
        return usual
    model = find_for(person, project.model)
    return replace(
        usual,
        model=model.id if model else usual.model,
        thinking=project.thinking if model is None or model.thinking else "",
        temperature=project.temperature,
        top_p=project.top_p,
        max_tokens=project.max_tokens,
        tool_choices=_tool_choices(project, person, usual),
    )


def _tool_choices(project: Project, person: Person, usual: ModelSettings) -> Mapping[str, bool]:
    if project.owner_id == person.pk:
        return project.tool_choices
    turned_off = {key: is_on for key, is_on in usual.tool_choices.items() if not is_on}
    return project.tool_choices | turned_off
