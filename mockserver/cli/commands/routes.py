"""`mockserver routes`: what can be asked of a definition."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.definition import PATH, assemble_or_exit, convention_option
from mockserver.cli.output import write_text

if TYPE_CHECKING:
    from mockserver.rest.table import Line


@click.command(
    epilog="""\b
Examples:
  mockserver routes mockserver.yaml
  mockserver routes mockserver.yaml --convention abp
  mockserver routes mockserver.yaml --format json | jq '.[].path'
"""
)
@click.argument("path", type=PATH)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@convention_option
def command(path: Path, style: str, convention: str | None) -> None:
    """Print the route table: method, path, action.

    Nested routes are shown three resources deep; deeper ones work too. Every path also answers OPTIONS, and HEAD
    where it has GET.
    """
    service = assemble_or_exit([path], convention=convention)
    from mockserver.rest.table import list_all  # noqa: PLC0415 - slow for a help page

    lines = list_all(service.api.router, service.sandbox.store.schema, service.api.endpoints.all)
    if style == "json":
        write_text(json.dumps([asdict(line) for line in lines], indent=2, ensure_ascii=False))
    elif lines:
        write_text(_align(lines))


def _align(lines: "Sequence[Line]") -> str:
    method, path = max(len(line.method) for line in lines), max(len(line.path) for line in lines)
    return "\n".join(f"{line.method:<{method}} {line.path:<{path}}  → {line.action}" for line in lines)
