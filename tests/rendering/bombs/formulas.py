"""Bombs of LaTeX: many formulas, open ones, deep ones, and short ones with long MathML."""

from tests.rendering.bombs.bomb import Bomb, mirrored, repeated

LONGEST_FORMULA = 9_900  # characters; longer ones stay source


def _formulas(
    name: str, opening: str, closing: str, unit: str, *, before: str = "", after: str = ""
) -> Bomb:
    """Formulas as long as they may be, until the text is full."""

    def text(size: int) -> str:
        room = min(size, LONGEST_FORMULA) - len(opening + before + after + closing)
        one = opening + before + unit * (room // len(unit)) + after + closing + "\n\n"
        return one * max(1, size // len(one))

    return Bomb(name, text)


def _nested(name: str, opening: str, closing: str, depth: int) -> Bomb:
    """Formulas of a depth, until the text is full."""
    one = f"$${opening * depth}x{closing * depth}$$\n\n"
    return repeated(name, one)


FORMULAS = (
    repeated("short formulas", "$x^2$ "),
    repeated("formulas of one letter", "$x$ "),
    repeated("prices", "It costs $5. "),
    repeated("dollars", "$"),
    repeated("open formulas", "$x "),
    repeated("display formulas", "$$x^2$$\n\n"),
    repeated("display formulas in a line", "$$x$$ "),
    repeated("open display formula", "x + y\n", before="$$\n"),
    repeated("open display formulas", "$$x\n"),
    repeated("LaTeX parentheses", "\\(x\\) "),
    repeated("LaTeX brackets", "\\[x\\]\n\n"),
    repeated("open LaTeX parentheses", "\\("),
    repeated("open LaTeX brackets", "\\["),
    repeated("open LaTeX brackets with words", "\\[ a\n"),
    repeated("formulas in backticks", "$`x`$ "),
    repeated("math fences", "```math\nx^2\n```\n"),
    repeated("open math fence", "x^2\n", before="```math\n"),
    repeated("formulas that are wrong", "$\\nothing{$ "),
    repeated("formulas in a table", "|$x^2$|$y$|\n", before="|a|b|\n|-|-|\n"),
    repeated("formulas of fractions", "$\\frac{1}{2}$ "),
    _formulas("long formulas", "$$", "$$", "x^2 + "),
    _formulas("primes", "$", "$", "x'''''''' "),
    _formulas("abbreviations", "$", "$", "\\implies \\dots "),
    _formulas("spaces in formulas", "$", "$", "\\quad "),
    _formulas(
        "matrices", "$$", "$$", "a & b \\\\ ", before="\\begin{pmatrix}", after="\\end{pmatrix}"
    ),
    _formulas(
        "one matrix row", "$$", "$$", "a & ", before="\\begin{matrix}", after="\\end{matrix}"
    ),
    _formulas(
        "equations", "$$", "$$", "a &= b \\\\ ", before="\\begin{align}", after="\\end{align}"
    ),
    _formulas("cases", "$$", "$$", "a & b \\\\ ", before="\\begin{cases}", after="\\end{cases}"),
    _formulas("operators", "$$", "$$", "\\sum_{i=0}^n \\int "),
    _formulas("colours", "$", "$", "\\color{red} a \\textcolor{blue}{b} "),
    _formulas("text in formulas", "$", "$", "\\text{some words} "),
    _formulas("roots of nothing", "$", "$", "\\sqrt[3]"),
    _formulas("arrows", "$", "$", "{\\rightarrow"),
    _formulas("strikes and boxes", "$", "$", "\\cancel{x}\\boxed{y}"),
    _formulas("braces that open", "$", "$", "{"),
    _formulas("subscripts of subscripts", "$", "$", "x_{"),
    _nested("fractions in fractions", "\\frac{1}{", "}", 90),
    _nested("roots in roots", "\\sqrt{", "}", 90),
    _nested("brackets that grow", "\\left(", "\\right)", 45),
    _nested("exponents of exponents", "x^{", "}", 90),
    mirrored("fractions without an end in sight", "\\frac{", "}{1}"),
    repeated("roots without braces", "\\sqrt", before="$", after=" x$"),
    repeated("definitions", "$\\newcommand{\\a}{x}\\a$ "),
    repeated("definitions that double", "\\def\\a{\\a\\a}", before="$", after="\\a$"),
)
