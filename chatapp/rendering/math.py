"""Convert LaTeX to MathML with classes, because the page's CSP forbids inline styles.

math-core writes a small, fixed set of `style` declarations. Each becomes a class here, or a MathML
attribute if its value is free (a colour). Unknown declarations are dropped.
"""

import re
from html import escape, unescape

from math_core import LatexError, LatexToMathML

from chatapp.rendering.latex_limits import is_costly

# Characters of a formula's source; a longer formula is shown as its source.
MAX_SOURCE = 10_000
# Characters of MathML. A row of primes becomes fifty times as long.
MAX_MATHML = 200_000
# Visible characters of a formula in running text that fit beside each other on a phone.
MAX_INLINE = 24
# Abbreviations (\implies, \dots) that one formula may use.
MAX_EXPANSIONS = 1_000

_LINES = {
    f"border-{side}:0.05em {stroke} currentcolor": f"math-{name}-{side}"
    for side in ("left", "right", "top")
    for stroke, name in (("solid", "line"), ("dashed", "dash"))
}
_SIZES = {
    f"font-size:{percent}%": f"math-size-{percent}"
    for percent in (50, 60, 70, 80, 90, 120, 140, 170, 200, 250)
}
STYLE_CLASSES = {
    "width:100%": "math-width-full",
    "width:50%": "math-width-half",
    "width:7.5%": "math-width-margin",
    "text-align:left": "math-left",
    "text-align:right": "math-right",
    "padding-left:0": "math-flush-left",
    "padding-right:0": "math-flush-right",
    "padding-top:0": "math-flush-top",
    "padding-bottom:0": "math-flush-bottom",
    "padding-left:0.1em": "math-hair-left",
    "padding-right:0.1em": "math-hair-right",
    "padding-left:0.1667em": "math-thin-left",
    "padding-right:0.1667em": "math-thin-right",
    "padding-top:0.1667em": "math-thin-top",
    "padding-left:0.2778em": "math-thick-left",
    "padding-right:0.2778em": "math-thick-right",
    "padding-left:1em": "math-quad-left",
    "margin-left:-0.16666667em": "math-negative-thin",
    "margin-left:-0.22222222em": "math-negative-medium",
    "margin-left:-0.27777778em": "math-negative-thick",
    "math-shift:compact": "math-shift-compact",
    "font-variant-caps:small-caps": "math-small-caps",
    **_LINES,
    **_SIZES,
}
# <menclose> was removed from MathML. A row with a class looks the same in every browser.
_ENCLOSURES = {
    "box": "math-box",
    "actuarial": "math-actuarial",
    "phasorangle": "math-phasor",
    "updiagonalstrike": "math-strike-up",
    "downdiagonalstrike": "math-strike-down",
}
_FONTS = {
    "math-core-sans-serif-font": "math-sans",
    "math-core-serif-font": "math-serif",
}
CLASSES = frozenset(
    {
        *("math-enclose", "math-inline", "math-scroll"),
        *STYLE_CLASSES.values(),
        *_ENCLOSURES.values(),
        *_FONTS.values(),
    }
)

_STYLE = re.compile(r' style="([^"]*)"')
_COLOUR = re.compile(r"color:(#[0-9A-Fa-f]{6})")
_MENCLOSE = re.compile(r'<menclose notation="([a-z ]+)">')
# Where a browser would draw the line; the class of the row around it does.
_STROKE = re.compile(r'<mrow class="menclose-[a-z]+"></mrow>')
# The combining arrow has no width of its own, and browsers place it beside the letter.
_VECTOR = ('<mo stretchy="false">\u20d7</mo>', '<mo stretchy="false" style="font-size:60%">→</mo>')
_FONT_CLASS = re.compile("|".join(_FONTS))

# The engine writes a span for a formula in running text, and a code block for a math fence.
_FORMULA = re.compile(r'<span data-math-style="(inline|display)">(.*?)</span>', re.DOTALL)
_MATH_FENCE = re.compile(
    r'<pre><code class="language-math" data-math-style="display">(.*?)</code></pre>', re.DOTALL
)

_MATH = re.compile(r'<math(?: alttext="[^"]*")?(?P<display> display="block")?.*?</math>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

_converter = LatexToMathML(fancy_error=False, max_expansions=MAX_EXPANSIONS)


def convert_formulas(html: str) -> str:
    """Replace every formula in the engine's raw HTML of a block by MathML or its source."""
    html = _MATH_FENCE.sub(lambda fence: f"<p>{_formula(fence[1], display=True)}</p>", html)
    return _FORMULA.sub(lambda span: _formula(span[2], display=span[1] == "display"), html)


def latex_to_mathml(latex: str, *, display: bool) -> str:
    """Return MathML with classes, or the escaped source in `<code class="math-source">`."""
    mathml = _convert(latex, display=display)
    if mathml is None:
        return f'<code class="math-source">{escape(latex.strip())}</code>'
    mathml = _MENCLOSE.sub(_open_enclosure, mathml).replace("</menclose>", "</mrow>")
    mathml = _STROKE.sub("", mathml).replace(*_VECTOR)
    mathml = _FONT_CLASS.sub(lambda name: _FONTS[name[0]], mathml)
    return _STYLE.sub(_class_for_style, mathml)


def make_scrollable(html: str) -> str:
    """Put formulas that may be wider than a phone into boxes that scroll, in safe HTML."""
    return _MATH.sub(_boxed, html)


def _formula(escaped_latex: str, *, display: bool) -> str:
    latex = unescape(escaped_latex)
    mathml = latex_to_mathml(latex, display=display)
    return mathml.replace("<math", f'<math alttext="{escape(" ".join(latex.split()))}"', 1)


def _boxed(formula: re.Match[str]) -> str:
    if formula["display"]:
        return f'<span class="math-scroll" tabindex="0">{formula[0]}</span>'
    if len(_TAG.sub("", formula[0])) > MAX_INLINE:
        return f'<span class="math-scroll math-inline" tabindex="0">{formula[0]}</span>'
    return formula[0]


def _convert(latex: str, *, display: bool) -> str | None:
    if len(latex) > MAX_SOURCE or is_costly(latex):
        return None
    try:
        mathml = _converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError:
        return None
    return mathml if len(mathml) <= MAX_MATHML else None


def _open_enclosure(tag: re.Match[str]) -> str:
    names = [_ENCLOSURES[name] for name in tag[1].split() if name in _ENCLOSURES]
    return f'<mrow class="{" ".join(["math-enclose", *names])}">'


def _class_for_style(style: re.Match[str]) -> str:
    declarations = [part.replace(": ", ":").strip() for part in style[1].split(";")]
    names = [STYLE_CLASSES[part] for part in declarations if part in STYLE_CLASSES]
    colours = [found[1] for part in declarations if (found := _COLOUR.fullmatch(part))]
    classes = f' class="{" ".join(names)}"' if names else ""
    return classes + (f' mathcolor="{colours[-1]}"' if colours else "")
