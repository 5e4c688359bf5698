"""Bombs of code fences: languages whose lexers are slow, each with the text that it is slow at."""

from itertools import cycle

from pygments.lexers import get_all_lexers

from tests.rendering.bombs.bomb import Bomb, repeated, up_to

# What `python -m tests.rendering.bombs.survey` found in Pygments 2.21.0 on 2026-11-29: seconds for
# 3,000 characters (3.0: it was ended then), the language, what opens the text, what it repeats.
WORST = (
    (3.0, "csharp", "", "word\n"),
    (3.0, "java", "", "word\n"),
)


def _fence(language: str, opening: str, pattern: str) -> Bomb:
    name = f"{language} fence of {opening + pattern!r}"
    return repeated(name, pattern, before=f"```{language}\n{opening}", after="\n```\n")


def _each_language(size: int) -> str:
    """Each fence makes the server load another lexer."""
    names = sorted(aliases[0] for _, aliases, _, _ in get_all_lexers() if aliases)
    return up_to(size, (f"```{name}\na = 1\n```\n\n" for name in cycle(names)))


LEXERS = (
    *(_fence(language, opening, pattern) for _, language, opening, pattern in WORST),
    Bomb("a fence of each language", _each_language),
    repeated("csharp fence in a list", "  word\n", before="- ```csharp\n", after="  ```\n"),
    repeated("csharp fence without an end", "word\n", before="```csharp\n"),
    repeated("csharp fences, many and short", "```csharp\n" + "word\n" * 120 + "```\n\n"),
    repeated("java fences of some length", "```java\n" + "word\n" * 290 + "```\n\n"),
    repeated("python fence", "x = f(1)  # words\n", before="```python\n", after="```\n"),
)
