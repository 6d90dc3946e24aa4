"""Where money may leave, read from the source alone: each rule is a function from {file: text} to complaints,
so that a test can break it.

Everything is told by names. A method that spends is known by its docstring in upstream/api.py and by what the
adapters do; wherever its name is mentioned, called or not, somebody may spend.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

PACKAGE = Path(__file__).parents[2] / "bill2bill"
API, ENGINE, BUYER = "upstream/api.py", "journal/engine.py", "commands/purchases.py"
SPENDS, UNREPEATABLE = "*Spends.*", "as a spending method does"
DEAL = {"look", "terms", "act"}
LOOPS = (ast.For, ast.While, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
Sources = Dict[str, str]
Place = Tuple[str, ast.AST, List[ast.AST]]  # file, node, what it stands in from outside to inside


def package() -> Sources:
    """The product without its sandbox, which shares nothing with it but the wire (test_layers.py)."""
    files = {
        str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    return {file: text for file, text in files.items() if not file.startswith("sandbox/")}


def places(sources: Sources, room: str = "") -> Iterator[Place]:
    for file, text in sources.items():
        if file.startswith(room):
            yield from _inside(file, ast.parse(text), [])


def _inside(file: str, node: ast.AST, outer: List[ast.AST]) -> Iterator[Place]:
    yield file, node, outer
    for child in ast.iter_child_nodes(node):
        yield from _inside(file, child, [*outer, node])


def _at(file: str, node: ast.AST, text: str) -> str:
    return f"{file}:{getattr(node, 'lineno', 0)}: {text}"


# -- which methods spend -------------------------------------------------------------------------------------


def promised(sources: Sources, words: str) -> Set[str]:
    """Methods of the protocols in api.py whose docstring says these words."""
    methods = [
        node
        for _, node, outer in places(sources, API)
        if isinstance(node, ast.FunctionDef) and isinstance(outer[-1], ast.ClassDef)
    ]
    return {method.name for method in methods if words in " ".join((ast.get_docstring(method) or "").split())}


def spending(sources: Sources) -> Set[str]:
    return promised(sources, SPENDS)


def acting(sources: Sources) -> Set[str]:
    """Public methods of the adapters from which a call with `spends` is reached, by whatever way inside of
    their file.
    """
    found: Set[str] = set()
    for file in sorted(sources):
        if file.startswith("upstream/") and file.endswith("/adapter.py"):
            tree = ast.parse(sources[file])
            functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            reach = {name for name, function in functions.items() if _says_yes(function)}
            while more := {
                name
                for name, function in functions.items()
                if name not in reach and reach & _mentioned(function)
            }:
                reach |= more
            found |= {name for name in reach if not name.startswith("_")}
    return found


def _says_yes(node: ast.AST) -> bool:
    calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    words = [word for call in calls for word in call.keywords if word.arg == "spends"]
    return any(not (isinstance(word.value, ast.Constant) and word.value.value is False) for word in words)


def _mentioned(node: ast.AST) -> Set[str]:
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return names | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


def unmarked(sources: Sources) -> List[str]:
    """What an adapter does and the protocol does not say, or the other way round."""
    said, done = spending(sources) | promised(sources, UNREPEATABLE), acting(sources)
    return [f"{name}: reaches a call that spends, api.py does not say so" for name in sorted(done - said)] + [
        f"{name}: api.py says that it spends, no adapter does" for name in sorted(said - done)
    ]


def said_elsewhere(sources: Sources) -> List[str]:
    """`spends` is said by adapters and passed on by the wires, nowhere else; and only there is something sent
    to a provider.
    """
    found = []
    for file, node, outer in places(sources):
        adapter = file.startswith("upstream/") and file.endswith("/adapter.py")
        if (
            isinstance(node, ast.keyword)
            and node.arg == "spends"
            and not adapter
            and not _passed_on(node, outer)
        ):
            found.append(_at(file, outer[-1], "says spends="))
        if isinstance(node, ast.Constant) and node.value == "spends":
            found.append(_at(file, node, 'the word "spends" is in a text'))
        if not file.startswith("upstream/"):
            if isinstance(node, ast.Attribute) and node.attr in ("post", "_client"):
                found.append(_at(file, node, f".{node.attr} is the wire of upstream/"))
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".client"):
                found.append(_at(file, node, "imports a client"))
    return found


def _passed_on(word: ast.keyword, outer: List[ast.AST]) -> bool:
    """spends=spends of a function that was told so, or spends=False."""
    if isinstance(word.value, ast.Constant):
        return word.value.value is False
    function = next((node for node in reversed(outer) if isinstance(node, ast.FunctionDef)), None)
    arguments = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)] if function else []
    return isinstance(word.value, ast.Name) and word.value.id == "spends" and "spends" in arguments


# -- who may call them ---------------------------------------------------------------------------------------


def called_elsewhere(sources: Sources) -> List[str]:
    """A method that spends is called once, as it is, inside the method `act` of a Deal; any other mention of
    its name is a way around.
    """
    names, found, within = spending(sources), [], []
    for file, node, outer in places(sources):
        if isinstance(node, ast.Attribute) and node.attr in names:
            act = _act_of(node, outer)
            within.append((file, act))
            if act is None:
                found.append(_at(file, node, f"{node.attr} outside of act() of a Deal"))
        if isinstance(node, ast.Name) and node.id in names:
            found.append(_at(file, node, f"{node.id} as a name"))
        if isinstance(node, ast.Constant) and node.value in names:
            found.append(_at(file, node, f"{node.value} as a text"))
        if isinstance(node, ast.FunctionDef) and node.name in names and not file.startswith("upstream/"):
            found.append(_at(file, node, f"another {node.name}"))
    return found + [
        _at(file, act, "spends more than once")
        for file, act in set(within)
        if act is not None and within.count((file, act)) > 1
    ]


def _act_of(node: ast.Attribute, outer: List[ast.AST]) -> Optional[ast.AST]:
    """The method `act` in which this is called, if it may be: by itself, not in a loop, not in a function
    that is kept for later.
    """
    functions = [one for one in outer if isinstance(one, FUNCTIONS)]
    holder = [one for one in outer if isinstance(one, ast.ClassDef)]
    called = isinstance(outer[-1], ast.Call) and outer[-1].func is node
    if not called or len(functions) != 1 or len(holder) != 1 or any(isinstance(one, LOOPS) for one in outer):
        return None
    return functions[0] if getattr(functions[0], "name", "") == "act" and is_deal(holder[0]) else None


def is_deal(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ClassDef)
        and {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)} >= DEAL
    )


def acted_elsewhere(sources: Sources) -> List[str]:
    """`act` is called by the journal alone, and its function by purchases.buy alone."""
    found = []
    for file, node, outer in places(sources):
        if isinstance(node, ast.Attribute) and node.attr == "act" and file != ENGINE:
            found.append(_at(file, node, ".act"))
        if isinstance(node, ast.Constant) and node.value in ("act", "spend_once"):
            found.append(_at(file, node, f"{node.value} as a text"))
        if isinstance(node, ast.alias) and node.name == "spend_once" and (file != BUYER or node.asname):
            found.append(_at(file, node, "imports spend_once"))
        where = [file, *(one.name for one in outer if isinstance(one, (ast.ClassDef, ast.FunctionDef)))]
        if "spend_once" in (getattr(node, "attr", ""), getattr(node, "id", "")) and where != [
            BUYER,
            "buy",
        ]:
            found.append(_at(file, node, "spend_once"))
    return found


def unclear(sources: Sources) -> List[str]:
    """What could hide a name from these rules."""
    found = []
    for file, node, _ in places(sources):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("getattr", "setattr") and not (
                len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
            ):
                found.append(_at(file, node, f"{node.func.id} of a name that is made up"))
            if node.func.id in ("eval", "exec", "vars"):
                found.append(_at(file, node, node.func.id))
        if isinstance(node, ast.alias) and node.name in ("attrgetter", "methodcaller", "operator"):
            found.append(_at(file, node, node.name))
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("__getattribute__", "__dict__")
            and getattr(node.value, "id", "") != "self"
        ):
            found.append(_at(file, node, node.attr))
    return found


# -- how commands come there ---------------------------------------------------------------------------------


class Spot(NamedTuple):
    """A function or a class of a file of commands/."""

    file: str
    name: str


class Ways:
    """Which functions of commands/ mention which, through the imports of their files."""

    def __init__(self, sources: Sources) -> None:
        self.sources = {
            file: ast.parse(text) for file, text in sources.items() if file.startswith("commands/")
        }
        self.spots = {
            Spot(file, node.name): node
            for file, tree in self.sources.items()
            for node in tree.body
            if hasattr(node, "name")
        }
        self.imported = {file: dict(self._imports(tree)) for file, tree in self.sources.items()}

    def _imports(self, tree: ast.AST) -> Iterator[Tuple[str, Tuple[str, str]]]:
        """Name in this file -> (module, name in it, "" = the module itself)."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    above = "/".join((node.module or "").split(".")[1:])
                    is_file = f"{above}/{alias.name}.py" in self.sources
                    yield (
                        alias.asname or alias.name,
                        (f"{above}/{alias.name}.py", "") if is_file else (f"{above}.py", alias.name),
                    )

    def reached(self, start: Spot) -> Set[Spot]:
        found, left = set(), [start]
        while left:
            spot = left.pop()
            if spot in self.spots and spot not in found:
                found.add(spot)
                left += self._mentions(spot)
        return found

    def _mentions(self, spot: Spot) -> Iterator[Spot]:
        known = self.imported[spot.file]
        for node in ast.walk(self.spots[spot]):
            if isinstance(node, ast.Name):
                module, name = known.get(node.id, (spot.file, node.id))
                yield Spot(module, name)
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and known.get(node.value.id, ("", "-"))[1] == ""
            ):
                yield Spot(known[node.value.id][0], node.attr)

    def buys(self, start: Spot) -> bool:
        return any("buy" in _mentioned(self.spots[spot]) for spot in self.reached(start))


def deals(sources: Sources) -> Set[Spot]:
    """Each class that may spend."""
    return {
        Spot(file, node.name) for file, node, _ in places(sources) if is_deal(node) and not _is_protocol(node)
    }


def _is_protocol(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases
    )


def beside_the_journal(sources: Sources) -> List[str]:
    """Deals that no command brings to purchases.buy."""
    ways = Ways(sources)
    bought: Set[Spot] = set()
    for spot in ways.spots:
        if spot.name == "run" and ways.buys(spot):
            bought |= ways.reached(spot)
    return [
        f"{deal.file}: {deal.name} is not bought by any command" for deal in sorted(deals(sources) - bought)
    ]


def spending_files(sources: Sources) -> Set[str]:
    """Files of commands whose `run` comes to purchases.buy."""
    ways = Ways(sources)
    return {spot.file for spot in ways.spots if spot.name == "run" and ways.buys(spot)}
