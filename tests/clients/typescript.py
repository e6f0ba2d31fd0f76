"""The TypeScript compiler, on modules that a test writes and on whole projects."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.clients.client import NODE, PACKAGES

_COMPILER = PACKAGES / "typescript" / "bin" / "tsc"
_OPTIONS = (
    *("--strict", "--exactOptionalPropertyTypes", "--noUnusedLocals", "--noEmit"),
    *("--ignoreConfig", "--types", "", "--moduleDetection", "force", "--pretty", "false"),
)


def project_refusals(folder: Path) -> list[str]:
    """What it finds wrong in a project, by the project's own `tsconfig.json`."""
    return _compile(folder, "--project", ".", "--pretty", "false")


def refusals(sources: Mapping[str, str], folder: Path) -> list[str]:
    """What `tsc --strict` finds wrong in these files, a line each; all are compiled at once, as modules."""
    for name, text in sources.items():
        (folder / name).write_text(text, encoding="utf-8")
    return _compile(folder, *_OPTIONS, *sources)


def _compile(folder: Path, *arguments: str) -> list[str]:
    assert _COMPILER.is_file(), "typescript is not installed: run ./scripts/prepare dev"
    done = subprocess.run([NODE, str(_COMPILER), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (not done.stdout), done.stderr
    return done.stdout.splitlines()
