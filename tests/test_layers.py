"""Imports point one way, as ARCHITECTURE.md says; every import of the package is read, also those inside functions."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import mockserver

PACKAGE = Path(mockserver.__file__).parent

ORDER = (
    ("value",),
    ("errors",),
    ("messages",),
    ("registry",),
    ("agenda",),
    ("definitions",),
    ("generation",),
    ("store",),
    ("query",),
    ("conventions",),
    ("formula",),
    ("rest", "realtime"),
    ("openapi",),
    ("faults",),
    ("sandbox",),
    ("server",),
    ("cli",),
    ("__main__",),
)
"""A layer may import itself and what stands before it; two in one place don't know each other."""

RANK = {layer: rank for rank, layers in enumerate(ORDER) for layer in layers}
OUTSIDE = {"panel", "testing"}
"""Not in the chain: they may import it, and it does not know them."""

VARIANTS = (
    "generation.generators",
    "store.backends",
    "realtime.channel.effects",
    "rest.action.steps",
    "rest.auth.schemes",
    "faults.kinds",
    "cli.commands",
)
"""Folders with one variant a file: siblings don't import one another."""

PARTS = {"generation", "conventions", "rest", "realtime", "openapi", "faults"}
"""What `server/assemble/` alone joins: any other module of server and cli may know one of them at most."""

CARRIED = tuple(
    f"realtime.{name}" for name in ("session", "frame", "channel.said", "close_code", "label", "overhearing")
)
"""What every connection carries, whoever speaks on it: knowing these joins nothing."""

WEB = {"flask", "flask_sock", "gevent", "geventwebsocket", "greenlet", "simple_websocket", "werkzeug", "wsproto"}
"""The libraries of the listeners: only `server/` knows them, and the command that patches the process for them."""
PATCHING = "cli.commands.serve"


class Import(NamedTuple):
    """One name imported: the importer without the package's name, the imported in full."""

    importer: str
    line: int
    imported: str

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def read_imports(package: Path) -> Iterator[Import]:
    """Every import of every module of the package."""
    for path in sorted(package.rglob("*.py")):
        steps = path.relative_to(package).with_suffix("").parts
        folder = steps[:-1]
        importer = ".".join(folder if steps[-1] == "__init__" else steps)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(importer, node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = ("mockserver", *folder[: len(folder) + 1 - node.level]) if node.level else ()
                source = ".".join((*base, *filter(None, [node.module])))
                yield from (Import(importer, node.lineno, f"{source}.{alias.name}") for alias in node.names)


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def judge_order(layer: str, other: str) -> str:
    if layer == other or layer in OUTSIDE or not other:
        return ""
    if other in OUTSIDE:
        return f"{other} stands outside the chain"
    if unknown := {layer, other} - RANK.keys():
        return f"{unknown.pop()} has no place in the order"
    return "" if RANK[other] < RANK[layer] else f"{other} does not come before {layer}"


def judge_variant(importer: str, imported: str) -> str:
    for folder in VARIANTS:
        if importer.startswith(f"{folder}.") and imported.startswith(f"{folder}."):
            own = ".".join(importer.split(".")[: folder.count(".") + 2])
            return "" if within(imported, own) else "variants don't know one another"
    return ""


def find_violations(package: Path) -> list[str]:
    """What breaks the order, one sentence each; `package` is a folder that stands for `mockserver`."""
    top = {path.stem for path in package.iterdir()}
    found = []
    joined: dict[str, set[str]] = {}
    for each in read_imports(package):
        layer = each.importer.split(".")[0]
        root, _, inner = each.imported.partition(".")
        if root in WEB and layer != "server" and each.importer != PATCHING:
            found.append(f"{each}: only server/ knows the libraries of the listeners")
        if root != "mockserver":
            continue
        other = inner.split(".")[0] if inner.split(".")[0] in top else ""
        if problem := judge_order(layer, other) or judge_variant(each.importer, inner):
            found.append(f"{each}: {problem}")
        if layer in {"server", "cli"} and other in PARTS and not any(within(inner, one) for one in CARRIED):
            joined.setdefault(each.importer, set()).add(other)
    found += [
        f"{importer} joins {' and '.join(sorted(parts))}: only server/assemble/ does"
        for importer, parts in joined.items()
        if len(parts) > 1 and not within(importer, "server.assemble")
    ]
    return found


def test_imports_point_one_way() -> None:
    assert find_violations(PACKAGE) == []


def test_every_folder_and_module_has_a_place_in_the_order() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - RANK.keys() - OUTSIDE == {"__init__"}


def test_imports_are_read_at_all() -> None:
    assert ("messages", "mockserver.errors.BadRequest") in {(e.importer, e.imported) for e in read_imports(PACKAGE)}


@pytest.mark.parametrize(
    ("module", "line", "problem"),
    [
        ("errors.py", "import mockserver.messages", "messages does not come before errors"),
        ("store/feed.py", "from mockserver.query import window", "query does not come before store"),
        ("store/feed.py", "from mockserver import query", "query does not come before store"),
        ("store/feed.py", "from ..query import window", "query does not come before store"),
        ("store/feed.py", "def late():\n    from mockserver.server import http", "server does not come before store"),
        ("rest/action.py", "from mockserver.realtime import frame", "realtime does not come before rest"),
        ("realtime/frame.py", "from mockserver.rest.action import read", "rest does not come before realtime"),
        ("rest/action.py", "from mockserver.faults import rule", "faults does not come before rest"),
        ("rest/action.py", "from mockserver.sandbox import sandbox", "sandbox does not come before rest"),
        ("sandbox/sandbox.py", "import mockserver.testing.client", "testing stands outside the chain"),
        ("utils.py", "from mockserver import errors", "utils has no place in the order"),
        ("rest/action.py", "from flask import Request", "only server/ knows the libraries"),
        ("cli/commands/serve.py", "import flask\nfrom mockserver.store.backends import memory", ""),
        ("cli/commands/check.py", "import gevent.monkey", "only server/ knows the libraries"),
        ("store/backends/memory.py", "from mockserver.store.backends import tinydb_file", "don't know one another"),
        ("store/backends/memory.py", "from . import tinydb_file", "don't know one another"),
        ("store/backends/memory.py", "from .. import feed\nfrom mockserver.registry import Registry", ""),
        ("cli/commands/get.py", "import mockserver.cli.commands.routes as r", "don't know one another"),
        ("server/http.py", "import mockserver.rest\nimport mockserver.faults", "joins faults and rest"),
        ("server/assemble/service.py", "import mockserver.rest\nimport mockserver.faults", ""),
        ("testing/client.py", "from mockserver.server import http", ""),
        ("query/window.py", "from mockserver import __version__\nimport os.path", ""),
    ],
)
def test_a_wrong_import_is_found_and_a_right_one_is_not(tmp_path: Path, module: str, line: str, problem: str) -> None:
    for name in (*RANK, *OUTSIDE):
        (tmp_path / name).mkdir()
    (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / module).write_text(line, encoding="utf-8")
    found = find_violations(tmp_path)
    assert len(found) == bool(problem), found
    assert all(problem in each for each in found)
