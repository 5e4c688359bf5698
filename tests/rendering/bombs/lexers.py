"""Bombs of code fences: languages whose lexers are slow, each with the text that it is slow at."""

from itertools import cycle

from pygments.lexers import get_all_lexers

from tests.rendering.bombs.bomb import Bomb, repeated, up_to

# What `python -m tests.rendering.bombs.survey` found in Pygments 2.21.0 on 2026-11-29, one of each
# language: seconds for 3,000 characters (2.0: it was ended then), the language, what opens the
# text, what it repeats.
WORST = (
    (2.0, "xpp", "", "a\n"),
    (2.0, "easytrieve", "", "\t"),
    (2.0, "jsgf", "/**", "\n"),
    (2.0, "maple", '"', "a "),
    (2.0, "mcschema", "<!--", "a "),
    (2.0, "pan", '"', "\\"),
    (2.0, "rego", '"', "\\"),
    (2.0, "scala", '"', "\\"),
    (2.0, "systemd", "", " "),
    (2.0, "tnt", "", "~"),
    (2.0, "factor", '"', "\\"),
    (2.0, "fancy", "/*", "\\"),
    (2.0, "fish", '"', "\\"),
    (2.0, "lilypond", "", "a"),
    (2.0, "ncl", '"', "\\"),
    (2.0, "registry", '"', "\\"),
    (2.0, "rell", '"', "\\"),
    (2.0, "smithy", '"', "\\"),
    (2.0, "tcsh", '"', "\\"),
    (2.0, "urbiscript", '"', "\\"),
    (2.0, "ansys", '"', "\\"),
    (2.0, "autohotkey", "", "\n"),
    (2.0, "cddl", '"', "\\"),
    (2.0, "chapel", '"', "\\"),
    (0.81, "autoit", '"', "\n"),
    (0.77, "nit", "", "}"),
    (0.76, "nemerle", "", "a\n"),
    (0.75, "csharp", "", "a\n"),
    (0.71, "fan", "", "a"),
    (0.46, "zeek", "", "1"),
    (0.42, "devicetree", "{{", "\\"),
    (0.32, "kal", "", "$"),
    (0.31, "restructuredtext", "", "\n"),
    (0.29, "java", "", "\n"),
    (0.29, "objective-c", "", "\n"),
    (0.29, "sas", "", "\n"),
    (0.28, "postscript", "", "1"),
    (0.28, "ssp", "<%", "\n"),
    (0.28, "ragel-java", "", "\n"),
    (0.28, "antlr-java", "\\begin{", "\n"),
    (0.27, "aspectj", "", "\n"),
    (0.26, "jsp", "<%", "\n"),
    (0.26, "logos", '"""', "\n"),
    (0.26, "ragel-objc", "<<A\n", "\n"),
    (0.26, "singularity", "\\begin{", "\n"),
)


def _fence(language: str, opening: str, pattern: str) -> Bomb:
    name = f"{language} fence of {opening + pattern!r}"
    return repeated(name, pattern, before=f"```{language}\n{opening}", after="\n```\n")


def _each_language(size: int) -> str:
    """Each fence makes the server load another lexer."""
    names = sorted(aliases[0] for _, aliases, _, _ in get_all_lexers() if aliases)
    return up_to(size, (f"```{name}\na = 1\n```\n\n" for name in cycle(names)))


SLOW_FENCES = tuple(_fence(language, opening, pattern) for _, language, opening, pattern in WORST)
FENCES = (
    repeated("csharp fence of words", "word\n", before="```csharp\n", after="```\n"),
    repeated("java fence of words", "word\n", before="```java\n", after="```\n"),
    repeated("csharp fence in a list", "  word\n", before="- ```csharp\n", after="  ```\n"),
    repeated("csharp fence without an end", "word\n", before="```csharp\n"),
    repeated("csharp fences, many and short", "```csharp\n" + "word\n" * 120 + "```\n\n"),
    repeated("java fences of some length", "```java\n" + "word\n" * 290 + "```\n\n"),
    repeated("python fence", "x = f(1)  # words\n", before="```python\n", after="```\n"),
    Bomb("a fence of each language", _each_language),
)
LEXERS = (*FENCES, *SLOW_FENCES)
