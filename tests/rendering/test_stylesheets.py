"""Every class that the converter of formulas writes has a rule, and every rule has a class."""

import re
from pathlib import Path

from django.conf import settings

from chatapp.rendering.math import CLASSES

STYLES = Path(settings.ROOT) / "static/css/messages/math.css"


def test_each_class_of_a_formula_has_a_rule_and_the_reverse() -> None:
    rules = set(re.findall(r"\.(math-[a-z0-9-]+)", STYLES.read_text()))

    assert rules == CLASSES | {"math-source"}


def test_the_font_of_formulas_is_served_by_this_site() -> None:
    (address,) = re.findall(r'url\("([^"]+)"\)', STYLES.read_text())

    # Stylesheets are joined into css/app.css.
    assert (Path(settings.ROOT) / "static/css" / address).stat().st_size < 80_000
