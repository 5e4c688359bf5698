"""The corpus: Markdown as models write it, each file beside the HTML that it should become.

After a change that is meant, `python -m tests.rendering.corpus_files` writes the HTML anew; read
the difference before committing it. A new input is a new `.md` file.
"""

from pathlib import Path

from chatapp.rendering.document import finished_blocks

FOLDER = Path(__file__).with_name("corpus")
PREFIX = "m"


def inputs() -> list[Path]:
    return sorted(FOLDER.rglob("*.md"))


def text_of(path: Path) -> str:
    """Return a file's text with its own line ends."""
    return path.read_bytes().decode()


def rendered(text: str) -> str:
    """Return the HTML of a reply without colours in code, one block to a line."""
    return "".join(f"{block}\n\n" for block in finished_blocks(text, PREFIX))


def expected(path: Path) -> str:
    return path.with_suffix(".html").read_text(encoding="utf-8")


def write_expected() -> None:
    for path in inputs():
        path.with_suffix(".html").write_text(rendered(text_of(path)), encoding="utf-8")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    django.setup()
    write_expected()
