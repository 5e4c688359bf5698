"""Show on any page what a person has set up for the second step."""

from django import template

from chatapp.accounts.models import Person
from chatapp.accounts.two_step.state import TwoStepState, state_of

register = template.Library()


@register.simple_tag
def two_step_state(person: Person) -> TwoStepState:
    return state_of(person)
