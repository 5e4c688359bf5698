"""Size limits for source files and functions; part of `make lint`.

A file has at most 250 lines, a function at most 40, and a line of a template at most 120
characters.
"""

import ast
import sys
from pathlib import Path

MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 40
MAX_TEMPLATE_LINE = 120  # characters
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    complaints = [complaint for path in sources() for complaint in check(path)]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def sources() -> list[Path]:
    folders = ("chatapp/**/*.py", "static/**/*.js", "static/**/*.css", "templates/**/*.*")
    found = [path for pattern in folders for path in ROOT.glob(pattern)]
    return sorted(path for path in found if "migrations" not in path.parts)


def check(path: Path) -> list[str]:
    text, name = path.read_text(), path.relative_to(ROOT)
    lines = text.count("\n")
    complaints = []
    if lines > MAX_FILE_LINES:
        complaints.append(f"{name}: {lines} lines; split it by idea (at most {MAX_FILE_LINES})")
    if name.parts[0] == "templates":
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MAX_TEMPLATE_LINE:
                complaints.append(f"{name}:{number}: {len(line)} characters in a line")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    complaints.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    return complaints


if __name__ == "__main__":
    sys.exit(main())
