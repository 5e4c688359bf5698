"""The form with which the owner of a project lets somebody in, or changes what they may do."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.models import Person
from chatapp.projects.members import eligible, members_of, named
from chatapp.projects.models import Project

READ, CHAT = "read", "chat"


class MemberForm(forms.Form):
    """A list of people that every browser can show; members aren't offered again, but may be sent
    to change their access."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        queryset=Person.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose a person."),
            "invalid_choice": gettext_lazy("This person isn't here any more. Choose another one."),
        },
    )
    access = forms.ChoiceField(
        label=gettext_lazy("Access"),
        choices=[(READ, gettext_lazy("Can read")), (CHAT, gettext_lazy("Can chat"))],
        initial=CHAT,
        error_messages={
            "required": gettext_lazy("Choose what this person may do."),
            "invalid_choice": gettext_lazy("Choose what this person may do."),
        },
    )

    def __init__(self, project: Project, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="member-%s")
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = eligible(project)
        inside = {member.person_id for member in members_of(project)}
        others = [person for person in field.queryset if person.pk not in inside]
        self.has_others = bool(others)
        field.choices = [("", _("Choose a person")), *named(others)]
        for name in self.errors if self.is_bound else ():
            attributes = {"aria-invalid": "true", "aria-describedby": f"member-{name}-error"}
            self.fields[name].widget.attrs |= attributes

    @property
    def can_chat(self) -> bool:
        return bool(self.cleaned_data["access"] == CHAT)
