"""What `serve` imports before it is ready: no more than the definition at hand asks for."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.cli.command import ROOT, ZOO

SCRIPT = """
import os, sys
from mockserver.cli import main

def tell(_control):
    print(*sys.modules, flush=True)
    os._exit(0)

main(["serve", sys.argv[1], "--port", "0", "--control-port", "0", "--log", "quiet"], obj=tell)
"""
NEVER = ("flask", "werkzeug", "flask_sock", "wsproto", "h11", "tinydb", "jwt", "mockserver.server.control.app")
"""Of applications, sockets and databases, which nobody has asked for yet."""
FOR_DEFINITIONS = (
    "faker", "jinja2", "yaml",
    "mockserver.rest.auth.section", "mockserver.rest.auth.policy",
    "mockserver.rest.action.section", "mockserver.rest.job.plan", "mockserver.realtime.channel.section",
    "mockserver.faults.section", "mockserver.faults.kinds.status", "mockserver.sandbox.scenario.section",
    "mockserver.sandbox.plain.desk", "mockserver.generation.generators.date", "mockserver.conventions.linkis",
)  # fmt: skip
"""Of sections, fields and conventions that a plain file of rows can't have."""


def imported(path: str) -> set[str]:
    """All modules of a server that has just become ready."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    path = tmp_path_factory.mktemp("start") / "db.json"
    rows = [{"id": key, "title": f"Post {key}", "userId": "a"} for key in range(1, 4)]
    path.write_text(json.dumps({"posts": rows, "users": [{"id": "a"}], "profile": {"name": "x"}}), encoding="utf-8")
    return imported(str(path))


@pytest.fixture(scope="module")
def zoo() -> set[str]:
    return imported(ZOO)


@pytest.mark.parametrize("name", [*NEVER, *FOR_DEFINITIONS])
def test_what_is_named_here_is_a_module(name: str) -> None:
    assert find_spec(name) is not None


@pytest.mark.parametrize("name", [*NEVER, *FOR_DEFINITIONS])
def test_a_plain_database_is_served_without(plain: set[str], name: str) -> None:
    assert name not in plain


@pytest.mark.parametrize("name", NEVER)
def test_a_definition_is_served_without(zoo: set[str], name: str) -> None:
    assert name not in zoo


def test_a_definition_imports_what_it_mentions(zoo: set[str]) -> None:
    assert {"yaml", "mockserver.generation.generators.date", "mockserver.conventions.rest"} <= zoo
    assert "mockserver.conventions.linkis" not in zoo
