"""Convert LaTeX to MathML with classes, because the page's CSP forbids inline styles.

math-core writes a small, fixed set of `style` declarations. Each becomes a class here, or a MathML
attribute if its value is free (a colour). Unknown declarations are dropped.
"""

import re
from html import escape, unescape

from math_core import LatexError, LatexToMathML

# Characters of a formula's source; a longer formula is shown as its source.
MAX_SOURCE = 10_000
# Characters of MathML. A row of primes becomes fifty times as long.
MAX_MATHML = 200_000
# The converter recurses, and a stack overflow ends the process: 400 levels fill 1 MB of stack.
MAX_NESTING = 100
# Levels without braces (\sqrt\sqrt\sqrt), each of which takes a third of the stack.
MAX_COMMAND_CHAIN = 300
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
}
_STROKES = {
    "menclose-updiagonalstrike": "math-strike-up",
    "menclose-downdiagonalstrike": "math-strike-down",
    "menclose-phasorangle": "math-phasor-stroke",
}
_FONTS = {
    "math-core-sans-serif-font": "math-sans",
    "math-core-serif-font": "math-serif",
}
CLASSES = frozenset(
    {
        "math-enclose",
        *STYLE_CLASSES.values(),
        *_ENCLOSURES.values(),
        *_STROKES.values(),
        *_FONTS.values(),
    }
)

_STYLE = re.compile(r' style="([^"]*)"')
_COLOUR = re.compile(r"color:(#[0-9A-Fa-f]{6})")
_MENCLOSE = re.compile(r'<menclose notation="([a-z ]+)">')
_KNOWN_CLASS = re.compile("|".join(map(re.escape, _STROKES | _FONTS)))
# Definitions in a reply multiply the work: 10 KB of source became 72 MB of MathML.
_DEFINITION = re.compile(r"\\(?:newcommand|renewcommand|providecommand|[gx]?def|let)(?![A-Za-z])")
_NESTING = re.compile(r"(\{|\\left|\\begin)|(\}|\\right|\\end)|\\.", re.DOTALL)
_COMMAND_CHAIN = re.compile(
    r"(?:\\[A-Za-z]++\s*+(?:\{[^{}]{0,40}+\}|[^\\{}\s])?+\s*+)"
    f"{{{MAX_COMMAND_CHAIN}}}"
)

# The engine writes a span for a formula in running text, and a code block for a math fence.
_FORMULA = re.compile(r'<span data-math-style="(inline|display)">(.*?)</span>', re.DOTALL)
_MATH_FENCE = re.compile(
    r'<pre><code class="language-math" data-math-style="display">(.*?)</code></pre>', re.DOTALL
)

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
    mathml = _KNOWN_CLASS.sub(lambda name: (_STROKES | _FONTS)[name[0]], mathml)
    return _STYLE.sub(_class_for_style, mathml)


def _formula(escaped_latex: str, *, display: bool) -> str:
    return latex_to_mathml(unescape(escaped_latex), display=display)


def _convert(latex: str, *, display: bool) -> str | None:
    if len(latex) > MAX_SOURCE or _DEFINITION.search(latex) or _is_too_deep(latex):
        return None
    try:
        mathml = _converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError:
        return None
    return mathml if len(mathml) <= MAX_MATHML else None


def _is_too_deep(latex: str) -> bool:
    if len(latex) <= MAX_NESTING:
        return False
    depth = 0
    for token in _NESTING.finditer(latex):
        opens, closes = token.groups()
        depth += bool(opens) - bool(closes)
        if depth > MAX_NESTING:
            return True
    return _COMMAND_CHAIN.search(latex) is not None


def _open_enclosure(tag: re.Match[str]) -> str:
    names = [_ENCLOSURES[name] for name in tag[1].split() if name in _ENCLOSURES]
    return f'<mrow class="{" ".join(["math-enclose", *names])}">'


def _class_for_style(style: re.Match[str]) -> str:
    declarations = [part.replace(": ", ":").strip() for part in style[1].split(";")]
    names = [STYLE_CLASSES[part] for part in declarations if part in STYLE_CLASSES]
    colours = [found[1] for part in declarations if (found := _COLOUR.fullmatch(part))]
    classes = f' class="{" ".join(names)}"' if names else ""
    return classes + (f' mathcolor="{colours[-1]}"' if colours else "")
