"""Join ES modules into one file, each in a function scope of its own.

A module may import and export in these forms, each on one line and from its first column on:

    import "./x.js";                  imports before all other code
    import { a, b } from "./x.js";
    export function NAME              or async function, class, const

Other forms raise ModuleError when the file is built, because they would fail only in browsers.
What a module exports becomes names of the joined file, so nothing is left of the imports: a name
can be exported by one module only.

Comments and indents are left out: they are a quarter of what a browser would load. Line n of a file
is n + 1 lines below the comment with its name, so that stack traces can be read.
"""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

NAME = r"[A-Za-z_$][\w$]*"
IMPORT = re.compile(
    rf'import (?:\{{ (?P<names>{NAME}(?:, {NAME})*) \}} from )?"(?P<path>\.\.?/[\w./-]+)";'
)
EXPORT = re.compile(rf"export (?=(?:async function|function|class|const) (?P<name>{NAME}))")
TRAILING_COMMENT = re.compile(r"\s//.*")
SHARED = "$modules"  # global, with what later scripts need of the first one, by name
REFUSED = (
    (
        re.compile(r"(?<![\w$.#])import\s*[(.]"),
        "import() and import.meta can't be joined",
    ),
    (
        re.compile(r"^\s*import\b"),
        'an import comes before all code, as import "./x.js"; or import { a, b } from "./x.js";',
    ),
    (
        re.compile(r"^\s*export\b"),
        "an export begins a line as export function, async function, class or const, and a name",
    ),
    (re.compile(rf"{re.escape(SHARED)}\b"), f"{SHARED} is a name of the joined file"),
)


class ModuleError(ValueError):
    """Report a module that can't be joined; the sentence begins with its file and line."""

    def __init__(self, name: str, line: int, sentence: str) -> None:
        super().__init__(f"{name}:{line}: {sentence}")


@dataclass(frozen=True, slots=True)
class Import:
    line: int
    name: str
    wanted: list[str]


@dataclass(slots=True)
class Module:
    name: str
    imports: list[Import] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


def join_modules(
    sources: Mapping[str, str],
    entry: str,
    shared: Collection[str] = (),
    later: Collection[str] = (),
) -> tuple[str, list[str]]:
    """Return one module that does what `entry` does, and the names of the files in it.

    `sources` has the texts by path, `entry` is a path. Each file runs once and in the order of ES
    modules: its imports first, in their order, then the file itself. Those in `shared` are left
    out, because a joined module that has run on the page before contains them. It was given the
    names of all scripts that run `later`, and shares with them what they import.
    """
    modules = _modules(sources, entry)
    _refuse_equal_exports(modules)
    own = {name: module for name, module in modules.items() if name not in shared}
    lines = [_scope(module) for module in own.values()]
    if wanted := _imported(own, modules.keys() - own.keys()):
        lines.insert(0, f"const {{ {', '.join(wanted)} }} = {SHARED};")
    if given := {name for each in later for name in _imported(_modules(sources, each), own)}:
        lines.append(f"globalThis.{SHARED} = {{ {', '.join(sorted(given))} }};")
    return "\n".join([*lines, ""]), list(own)


def _modules(sources: Mapping[str, str], entry: str) -> dict[str, Module]:
    modules: dict[str, Module] = {}
    _collect(sources, entry, modules, [])
    return modules


def _imported(modules: Mapping[str, Module], exporters: Collection[str]) -> list[str]:
    """Return which names those of the modules that aren't exporters import from the exporters."""
    own = [module for name, module in modules.items() if name not in exporters]
    imports = [one for module in own for one in module.imports if one.name in exporters]
    return sorted({name for one in imports for name in one.wanted})


def _refuse_equal_exports(modules: Mapping[str, Module]) -> None:
    exporters: dict[str, str] = {}
    for module in modules.values():
        for name in module.exports:
            if name in exporters:
                raise ModuleError(module.name, 1, f"{exporters[name]} exports {name}, too")
            exporters[name] = module.name


def _collect(
    sources: Mapping[str, str], name: str, modules: dict[str, Module], importers: list[str]
) -> None:
    module, chain = _parse(name, sources[name]), [*importers, name]
    for each in module.imports:
        if each.name not in sources:
            raise ModuleError(name, each.line, f"there is no {each.name}")
        if each.name in chain:
            cycle = [*chain[chain.index(each.name) :], each.name]
            raise ModuleError(name, each.line, f"a cycle of imports: {' > '.join(cycle)}")
        if each.name not in modules:
            _collect(sources, each.name, modules, chain)
        for wanted in each.wanted:
            if wanted not in modules[each.name].exports:
                raise ModuleError(name, each.line, f"{each.name} does not export {wanted}")
    modules[name] = module


def _parse(name: str, text: str) -> Module:
    module, in_head = Module(name), True
    lines = _without_comments(name, text.rstrip().split("\n"))
    codes = [TRAILING_COMMENT.sub("", line).rstrip() for line in lines]
    _refuse_top_level_await(name, codes)
    for number, (line, code) in enumerate(zip(lines, codes, strict=True), 1):
        if in_head and (found := IMPORT.fullmatch(code)):
            names, path = found["names"], _resolve(found["path"], name)
            module.imports.append(Import(number, path, names.split(", ") if names else []))
            module.body.append("")
        else:
            in_head = in_head and not code
            if found := EXPORT.match(code):
                module.exports.append(found["name"])
                line, code = line[found.end() :], code[found.end() :]
            _refuse(name, number, code)
            module.body.append(_shortened(line))
    return module


def _without_comments(name: str, lines: list[str]) -> list[str]:
    """Return the lines, with an empty line for each that is only a comment."""
    kept, opened = [], 0
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not opened and text.startswith("/*"):
            opened = number
        if opened and "*/" in text.removesuffix("*/"):
            raise ModuleError(name, number, "code and the end of a comment need a line each")
        is_comment = opened or text.startswith("//")
        if not is_comment and line.count("`") % 2:
            # The next lines of the literal could look like comments.
            raise ModuleError(name, number, "a template literal ends on the line where it begins")
        kept.append("" if is_comment else line)
        if opened and text.endswith("*/"):
            opened = 0
    if opened:
        raise ModuleError(name, opened, "a comment does not end")
    return kept


def _shortened(line: str) -> str:
    """Return a line without its indent and, outside of a text, without the comment at its end."""
    found = TRAILING_COMMENT.search(line)
    code = re.sub(r"\\.", "", line[: found.start()]) if found else ""
    is_in_text = any(code.count(quote) % 2 for quote in "\"'`")
    return (line[: found.start()] if found and not is_in_text else line).strip()


def _resolve(path: str, importer: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))


def _refuse(name: str, number: int, code: str) -> None:
    for pattern, sentence in REFUSED:
        if pattern.search(code):
            raise ModuleError(name, number, sentence)


def _refuse_top_level_await(name: str, codes: list[str]) -> None:
    """Refuse an await without `async` before it in its statement, which begins in column one."""
    is_async = False
    for number, code in enumerate(codes, 1):
        if code and code[0] not in " \t})]":
            is_async = False
        for word in re.findall(r"(?<![\w$.#])(async|await)\b", code):
            if word == "await" and not is_async:
                raise ModuleError(name, number, "a top-level await can't be joined")
            is_async = True


def _scope(module: Module) -> str:
    begin, end = "(() => {", "})();"
    if module.exports:
        names = f"{{ {', '.join(module.exports)} }}"
        begin, end = f"const {names} = {begin}", f"return {names};\n{end}"
    return "\n".join([f"// {module.name}", begin, *module.body, end])
