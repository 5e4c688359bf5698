"""The settings with which a new conversation in a project begins."""

from dataclasses import replace

from chatapp.accounts.models import Person
from chatapp.conversations.models import Defaults, ModelSettings
from chatapp.conversations.models.model_choice import find_for
from chatapp.projects.models import Project


def settings_in(project: Project | None, person: Person) -> ModelSettings:
    """Return the settings of a project, or the person's usual ones where it has none.

    Its instructions aren't among them: they hold for all its conversations, also later. A model
    that the person can't use is replaced by their usual one.
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
        tool_choices=project.tool_choices,
    )
