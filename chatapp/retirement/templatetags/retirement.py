from datetime import date

from django import template

from chatapp.retirement import offers

register = template.Library()


@register.filter
def ends_soon(model_id: str) -> date | None:
    return offers.ends_soon(model_id)
