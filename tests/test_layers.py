"""Imports go down only: every line of code knows its room."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "bill2bill"
GROUND = {"errors", "config", "rules", "messages", "state"}
WALLS = {"host", "upstream", "journal", "services"}
MAY_IMPORT = {
    "errors": set(),
    "config": {"errors"},
    "rules": {"errors", "config", "rules"},
    "messages": {"errors", "config", "rules", "messages"},
    "state": GROUND,
    **{wall: GROUND | {wall} for wall in WALLS},
    "commands": GROUND | WALLS | {"commands"},
    "admin": GROUND | WALLS | {"admin", "commands"},
    "main": GROUND | {"commands", "admin"},
    "sandbox": {"sandbox"},
    "__main__": {"admin"},
    "__init__": set(),
}
# The command line starts the sandbox, as a shell would: the one door, and only inside the two functions that
# open it.
DOORS = {("admin/cli.py", "sandbox"), ("rules/story.py", "messages")}  # the second: until it moves there
# Imports that still close a circle. No new ones: two modules that know each other are one module, or lack a
# third below them.
CIRCULAR = {
    ("bill2bill.commands.link", "bill2bill.commands.world"),
    ("bill2bill.commands.provider", "bill2bill.commands.world"),
}


def imports_of(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            above = ("bill2bill", *path.relative_to(PACKAGE).parts)[: -node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "bill2bill" else [module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            yield name, node


def rooms():
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_lies_below_it(path):
    inside = path.relative_to(PACKAGE)
    room = inside.parts[0] if len(inside.parts) > 1 else inside.stem
    for name, _ in imports_of(path):
        if not name.startswith("bill2bill"):
            continue
        other = name.split(".")[1] if "." in name else "__init__"
        if other == "__version__" or (str(inside), other) in DOORS:
            continue
        assert other in MAY_IMPORT[room], f"{inside} imports {name}"


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def graph():
    """Module -> modules of the package that it imports: at the top, in a function or for types only."""
    modules = {module_of(path): path for path in rooms()}
    found = {}
    for module, path in modules.items():
        names = set()
        for name, node in imports_of(path):
            inner = {f"{name}.{alias.name}" for alias in node.names} & set(modules)
            names |= inner or {name}
        found[module] = names & set(modules) - {module}
    return found


def test_no_modules_import_each_other_in_a_circle():
    imports = graph()
    closing = {(one, other) for one, others in imports.items() for other in others} & CIRCULAR
    assert closing == CIRCULAR, "an exception that is none any more"
    for one, other in CIRCULAR:
        imports[one].remove(other)
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


def test_the_engine_of_the_sandbox_knows_no_dialect_and_no_dialect_the_other():
    home = "bill2bill.sandbox.upstream."
    allowed = {"engine": {"engine"}, "billmgr4": {"engine", "billmgr4"}, "billmgr6": {"engine", "billmgr6"}}
    seen = set()
    for module, others in graph().items():
        inside = module[len(home) :].split(".")[0]
        if module.startswith(home) and inside in allowed:
            seen.add(inside)
            assert {other[len(home) :].split(".")[0] for other in others} <= allowed[inside], module
    assert seen == set(allowed)


def test_only_the_http_file_speaks_http_and_only_data_speaks_sql_to_the_panel():
    for path in rooms():
        inside = str(path.relative_to(PACKAGE))
        if inside.startswith("sandbox/"):
            continue
        names = {name.split(".")[0] for name, _ in imports_of(path)}
        assert "requests" not in names or inside.startswith("upstream/"), inside
        assert "pymysql" not in names or inside.startswith("host/"), inside


def test_only_main_and_the_command_line_write_to_stdout():
    for path in rooms():
        inside = str(path.relative_to(PACKAGE))
        if inside.startswith("sandbox/") or inside in ("main.py", "admin/cli.py"):
            continue
        text = path.read_text(encoding="utf-8")
        assert "print(" not in text, inside
        assert "sys.stdout" not in text, inside


def test_starting_up_imports_nothing_heavy():
    import subprocess
    import sys

    code = (
        "import sys; before = set(sys.modules); import bill2bill.main; print(*sorted(set(sys.modules) -"
        " before))"
    )
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); {code}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    heavy = set(done.stdout.split()) & {
        "requests",
        "lxml",
        "sqlite3",
        "logging",
        "json",
        "ssl",
        "subprocess",
        "typer",
        "rich",
    }
    assert done.returncode == 0, done.stderr
    assert not heavy


def test_a_command_that_succeeds_imports_no_sentences():
    import subprocess
    import sys

    names = [
        ".".join(("bill2bill", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in rooms()
        if path.stem != "tune_connection"  # it fills a form
        and path.relative_to(PACKAGE).parts[0]
        in ("commands", "host", "upstream", "journal", "services", "state")
    ]
    path = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})"
    code = f"{path}; import {', '.join(names)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = {name for name in done.stdout.split() if name.startswith("bill2bill.messages.")}
    assert "bill2bill.messages" in done.stdout.split()
    assert loaded == {"bill2bill.messages.text"}
