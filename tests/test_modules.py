"""The content of the joined module, and the modules that the build refuses."""

import pytest

from chatapp.server.modules import ModuleError, join_modules


def joined(entry: str, **others: str) -> str:
    sources = {f"js/lib/{name}.js": text for name, text in others.items()}
    return join_modules({"js/app.js": entry, **sources}, "js/app.js")[0]


def test_a_module_is_a_scope_that_returns_its_exports() -> None:
    app = 'import { one, Two } from "./lib/numbers.js";\n\none(new Two());\n'
    numbers = "export const one = (two) => two;\n\nconst own = 3;\nexport class Two {}\n"

    assert joined(app, numbers=numbers) == (
        "// js/lib/numbers.js\n"
        "const { one, Two } = (() => {\n"
        "const one = (two) => two;\n\nconst own = 3;\nclass Two {}\n"
        "return { one, Two };\n"
        "})();\n"
        "// js/app.js\n"
        "(() => {\n"
        "\n\none(new Two());\n"
        "})();\n"
    )


def test_imports_come_first_and_once() -> None:
    app = 'import "./lib/a.js";\n// Last.\nimport "./lib/b.js";\n'
    a = 'import { shared } from "./shared.js";\n'
    b = 'import { shared } from "../lib/shared.js"; // by another way\n'
    shared, unused = "export const shared = 1;\n", "throw new Error();\n"
    sources = {"js/app.js": app, "js/lib/a.js": a, "js/lib/b.js": b}
    sources |= {"js/lib/shared.js": shared, "js/lib/unused.js": unused}

    text, parts = join_modules(sources, "js/app.js")

    assert parts == ["js/lib/shared.js", "js/lib/a.js", "js/lib/b.js", "js/app.js"]
    assert [line[3:] for line in text.split("\n") if line.startswith("// js")] == parts


def test_a_later_module_shares_what_has_run_before() -> None:
    first = 'import { shared } from "./lib/shared.js";\n'
    later = 'import { shared } from "./lib/shared.js";\nimport { own } from "./lib/own.js";\n'
    sources = {"js/app.js": first, "js/later.js": later}
    sources |= {f"js/lib/{name}.js": f"export const {name} = 1;\n" for name in ("shared", "own")}

    before, shared = join_modules(sources, "js/app.js", later=["js/later.js"])
    text, parts = join_modules(sources, "js/later.js", shared)

    assert before.endswith("\nglobalThis.$modules = { shared };\n")
    assert parts == ["js/lib/own.js", "js/later.js"]
    assert text.startswith("const { shared } = $modules;\n")


def test_two_modules_that_export_the_same_name_are_refused() -> None:
    app = 'import { one } from "./lib/a.js";\nimport "./lib/b.js";\n'

    with pytest.raises(ModuleError, match=r"^js/lib/b\.js:1: js/lib/a\.js exports one, too$"):
        joined(app, a="export const one = 1;", b="export const one = 2;")


def test_line_numbers_within_a_file_are_kept() -> None:
    app = '/** The page. */\nimport { a } from "./lib/a.js";\nimport "./lib/b.js";\na();\n'
    a = "\n\nexport function a() {\n  throw new Error();\n}\n"

    lines = joined(app, a=a, b="").split("\n")

    assert lines[lines.index("// js/lib/a.js") + 1 + 4] == "throw new Error();"
    assert lines[lines.index("// js/app.js") + 1 + 4] == "a();"


@pytest.mark.parametrize(
    "code",
    [
        "async function load() {\n  await fetch();\n}",
        "class Loader {\n  #import() {}\n  async load() {\n    await fetch();\n  }\n}",
        "const load = async () => await fetch();",
        'box.querySelector("[data-export]").import("now");',
    ],
)
def test_ordinary_code_only_loses_its_indents(code: str) -> None:
    lines = "\n".join(line.strip() for line in code.split("\n"))
    assert f"(() => {{\n{lines}\n}})();" in joined(code)


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("// await this, or import(that)\none();", "\none();"),
        ("/**\n * export default, in words\n */\none();", "\n\n\none();"),
        ("  /* one\ntwo */\none();", "\n\none();"),
        ("/** One. */\n/** Two. */\none();", "\n\none();"),
        ("one(); // and no more", "one();"),
        ('one("two"); // "three', 'one("two");'),
        ('one("two // three");', 'one("two // three");'),
        (r'one("\"two // three");', r'one("\"two // three");'),
        ("one(`two // ${three}`);", "one(`two // ${three}`);"),
        ('one("https://two"); // three', 'one("https://two");'),
        ('one("/* two", "*/");', 'one("/* two", "*/");'),
    ],
)
def test_comments_are_removed(code: str, kept: str) -> None:
    assert f"(() => {{\n{kept}\n}})();" in joined(code)


@pytest.mark.parametrize(
    ("code", "line", "sentence"),
    [
        ("/* one */ one();", 1, "code and the end of a comment need a line each"),
        ("/* one */ one(); /* two */", 1, "code and the end of a comment need a line each"),
        ("/*\none */ one();", 2, "code and the end of a comment need a line each"),
        ("one();\n/* two\ntwo();", 2, "a comment does not end"),
        ("const one = `\n// two`;", 1, "a template literal ends on the line where it begins"),
    ],
)
def test_comments_that_could_hide_code_are_refused(code: str, line: int, sentence: str) -> None:
    with pytest.raises(ModuleError, match=rf"^js/app\.js:{line}: {sentence}$"):
        joined(code)


@pytest.mark.parametrize(
    "code",
    [
        "export default class Two {}",
        "export { one };",
        "export { one } from './lib/a.js';",
        'export * from "./lib/a.js";',
        "export let one = 1;",
        "export const { one } = two;",
        "export function* one() {}",
        "  export const one = 1;",
    ],
)
def test_other_exports_are_refused(code: str) -> None:
    with pytest.raises(ModuleError, match=r"^js/app\.js:2: an export begins a line as"):
        joined(f"const before = 1;\n{code}\n", a="export const one = 1;")


@pytest.mark.parametrize(
    "code",
    [
        'import one from "./lib/a.js";',
        'import * as a from "./lib/a.js";',
        'import { one as uno } from "./lib/a.js";',
        'import one, { two } from "./lib/a.js";',
        'import { one } from "a";',
        "import './lib/a.js';",
        'import {\n  one,\n} from "./lib/a.js";',
        'import data from "./lib/a.json" with { type: "json" };',
        '  import "./lib/a.js";',
        'one();\nimport "./lib/a.js";',
    ],
)
def test_other_and_late_imports_are_refused(code: str) -> None:
    with pytest.raises(ModuleError, match=r"^js/app\.js:[12]: an import comes before all code"):
        joined(code, a="export const one = 1;")


@pytest.mark.parametrize(
    "code",
    [
        'const later = import("./lib/a.js");',
        "  open(import.meta.url);",
        'export const load = () => import("./lib/a.js");',
    ],
)
def test_dynamic_imports_are_refused(code: str) -> None:
    with pytest.raises(ModuleError, match=r"^js/app\.js:1: import\(\) and import\.meta can't"):
        joined(code)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("await fetch();", 1),
        ("export const page = await fetch();", 1),
        ("const load = async () => {};\nconst page = await load();", 2),
        ("async function load() {\n}\nif (load) {\n  await load();\n}", 4),
        ("for await (const each of all) use(each);", 1),
    ],
)
def test_a_top_level_await_is_refused(code: str, line: int) -> None:
    with pytest.raises(ModuleError, match=rf"^js/app\.js:{line}: a top-level await"):
        joined(code)


def test_an_import_of_a_missing_file_is_refused() -> None:
    app = 'import "./lib/a.js";\nimport { two } from "./lib/a.js";\n'

    with pytest.raises(ModuleError, match=r"^js/app\.js:1: there is no js/lib/a\.js$"):
        joined(app)
    with pytest.raises(ModuleError, match=r"^js/app\.js:2: js/lib/a\.js does not export two$"):
        joined(app, a="export const one = 1;\nconst two = 2;\n")


def test_a_cycle_is_refused() -> None:
    cycle = r"js/lib/a\.js > js/lib/b\.js > js/lib/a\.js"

    with pytest.raises(ModuleError, match=rf"^js/lib/b\.js:3: a cycle of imports: {cycle}$"):
        joined('import "./lib/a.js";', a='import "./b.js";', b='\n\nimport "./a.js";')


def test_the_name_of_the_scopes_is_reserved() -> None:
    with pytest.raises(ModuleError, match=r"^js/app\.js:1: \$modules is a name of the joined"):
        joined("const $modules = [];")
