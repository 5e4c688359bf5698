"""Formulas become MathML without inline styles; money stays money."""

import re

import pytest

from chatapp.rendering import render_document
from chatapp.rendering.latex_limits import MAX_COMMAND_CHAIN, MAX_NESTING, MAX_UNCLOSED
from chatapp.rendering.math import CLASSES, MAX_SOURCE, latex_to_mathml


def render(text: str) -> str:
    return render_document(text, prefix="m")


@pytest.mark.parametrize(
    ("source", "display"),
    [
        ("$x^2$", False),
        (r"\(x^2\)", False),
        ("$$x^2$$", True),
        ("$$\nx^2\n$$", True),
        (r"\[x^2\]", True),
        ("```math\nx^2\n```", True),
    ],
)
def test_every_notation(source: str, display: bool) -> None:
    html = render(f"{source}")
    assert ('alttext="x^2" display="block">' in html) == display
    assert ('<span class="math-scroll" tabindex="0"><math' in html) == display
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "From $5, $6 or US$7.",
        "between $5-$10",
        "$20/$30",
        "a $5 fee, 3 $ more",
        "set $HOME and $PATH",
        r"an escaped \$x$ sign",
        "`$x$` in code",
    ],
)
def test_prices_and_variables_are_not_formulas(text: str) -> None:
    assert "<math" not in render(text)
    assert "math-source" not in render(text)


@pytest.mark.parametrize(
    "latex",
    [
        r"\nosuchcommand",
        r"\frac{a}{",
        "x" * (MAX_SOURCE + 1),
        "x" + "'" * 9_000,
        "{" * (MAX_NESTING + 1) + "x" + "}" * (MAX_NESTING + 1),
        r"\left(" * 101 + "x" + r"\right)" * 101,
        r"\sqrt" * MAX_COMMAND_CHAIN + " x",
        r"\sqrt[3]" * MAX_COMMAND_CHAIN + " x",
        r"{\sqrt[3]" * MAX_COMMAND_CHAIN + " x" + "}" * MAX_COMMAND_CHAIN,
        r"x^\binom " * MAX_COMMAND_CHAIN + "x",
        r"\binom\\" * MAX_COMMAND_CHAIN + "x",
        r"x^\begingroup " * (MAX_NESTING + 1) + "x",
        r"{\rightarrow " * (MAX_NESTING + 1) + "x" + "}" * (MAX_NESTING + 1),
        r"\sqrt[" * (MAX_NESTING + 1) + "x" + "]y" * (MAX_NESTING + 1),
        r"\newcommand\a{xxxx}\a",
        r"\def\a{xxxx}\a",
    ],
    ids=[
        *("unknown", "broken", "long", "exploding", "deep", "left", "chain", "roots"),
        *(
            "roots in braces",
            "exponents",
            "line ends",
            "groups",
            "arrows",
            "optional arguments",
            "newcommand",
            "def",
        ),
    ],
)
def test_a_formula_that_cannot_be_converted_shows_its_source(latex: str) -> None:
    assert latex_to_mathml(latex, display=False) == (
        f'<code class="math-source">{latex.replace(chr(39), "&#x27;")}</code>'
    )


@pytest.mark.parametrize(
    "latex",
    [
        *("(" * 24, "[x" * 24, "(" * 34 + ")" * 10, r"{(}" * 24, r"{(}{)}" * 24, r"\sin(" * 24),
        *(r"\bigl(" * 24, r"\{" * 24, r"(\text{)}" * 24, r"\left((\right)" * 24, "⟦" * 24),
        *(r"\langle " * 24, r"\lfloor x" * 24, r"\begin{matrix}" + "(&)" * 24 + r"\end{matrix}"),
        *(
            r"(\hat )" * 24,
            r"(\operatorname )" * 24,
            r"(\Biggl )" * 24,
            r"(x^)" * 24,
            r"(\Bra ]" * 24,
            r"\bra^" * 24,
        ),
    ],
)
def test_brackets_without_an_end_are_not_tried_for_ever(latex: str) -> None:
    assert latex_to_mathml(latex, display=False).startswith('<code class="math-source">')


@pytest.mark.parametrize(
    "latex",
    [
        "(" * 40 + "x" + ")" * 40,
        "[0, 1) " * 40,
        r"\left( x \right] " * 40,
        r"f(x) = \begin{cases} (a) & [b) \\ (c] & d \end{cases}" * 10,
        "(" * MAX_UNCLOSED,
        r"\leftarrow \rightarrow " * 101,
        r"f(\alpha) + (\infty ) + " * 40,
        r"\sqrt[3]{x} + " * 90,
    ],
)
def test_brackets_of_usual_formulas_are_converted(latex: str) -> None:
    assert latex_to_mathml(latex, display=False).startswith("<math")


def test_the_source_is_escaped() -> None:
    html = render(r"$\nosuch<script>$")
    assert r'<code class="math-source">\nosuch&lt;script&gt;</code>' in html


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\begin{align}a&=b\end{align}", 'class="math-right math-flush-right"'),
        (r"\begin{cases}a&b\end{cases}", "math-quad-left"),
        (
            r"\begin{array}{l|r}a&b\\\hline c&d\end{array}",
            "math-line-top math-left math-line-right",
        ),
        (r"\cfrac{a}{b}", "math-thin-top"),
        (r"a\!b", "math-negative-thin"),
        (r"\text{\small a}", "math-size-90"),
        (r"\color{red}x", 'mathcolor="#FF0000"'),
        (r"\boxed{x}", 'class="math-enclose math-box"'),
        (r"\cancel{x}", "math-strike-up"),
    ],
)
def test_styles_become_listed_classes(latex: str, expected: str) -> None:
    html = render(f"$${latex}$$")
    assert expected in html
    assert " style=" not in html
    names = {name for names in re.findall(r'class="(math-[^"]*)"', html) for name in names.split()}
    assert names <= CLASSES


def test_long_but_flat_formulas_are_converted() -> None:
    terms = " + ".join(rf"\frac{{x_{{{number}}}}}{{\sqrt{{y}}}}" for number in range(200))
    assert "<mfrac>" in latex_to_mathml(terms, display=True)


@pytest.mark.parametrize("piece", [r"\sqrt", r"\left(", "{", "x^{", r"\frac1", r"\begin{matrix}"])
def test_no_formula_overflows_the_stack(piece: str) -> None:
    assert piece[:2] in render(f"${piece * (MAX_SOURCE // len(piece))}$")


def test_a_thousand_openers_without_an_end_cost_little() -> None:
    html = render(r"\(" * 50_000)
    assert html.count("(") == 50_000
