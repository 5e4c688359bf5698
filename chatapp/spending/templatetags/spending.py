from django import template

from chatapp.spending.dollars import shown
from chatapp.spending.models import ModelCall
from chatapp.spending.reply_costs import reply_price
from chatapp.spending.usage import model_label, purpose_label

register = template.Library()
register.filter("dollars", shown)


@register.filter
def purpose(call: ModelCall) -> str:
    return purpose_label(call.purpose)


@register.filter
def model(call: ModelCall) -> str:
    return model_label(call.model)


@register.filter
def price(call: ModelCall) -> str:
    """Return the price of one call, empty if its model has none."""
    return "" if call.cost is None else reply_price(call.cost, is_estimated=call.is_estimated)
