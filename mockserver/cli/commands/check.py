"""`mockserver check`: everything that is wrong with definitions, without serving them."""

import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.definition import BROKEN, PATH
from mockserver.cli.limit import EXTENT_NAMES, Limit, by_name, limit_option, read_extent
from mockserver.cli.output import write_text

if TYPE_CHECKING:
    from mockserver.definitions.report import Style
    from mockserver.definitions.source import Extent
    from mockserver.errors import DefinitionProblem
    from mockserver.server.assemble import Prepared


@click.command(
    epilog="""\b
Examples:
  mockserver check mockserver.yaml
  mockserver check shop.yaml zoo.yaml mockserver.d/
  mockserver check --format github definitions/*.yaml
"""
)
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="PATH...")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs (a list of problems), as annotations of a GitHub workflow.",
)
@limit_option(EXTENT_NAMES)
def command(paths: tuple[Path, ...], style: "Style", limits: tuple[Limit, ...]) -> None:
    """Say every problem of definitions with its place and a hint, and exit 2; exit 0 when there is none.

    Each PATH is a definition of its own: a file, or a folder whose *.yaml are one definition together. Values are
    generated too, those of every scenario among them, so what can't exist (a unique field with too few values) is
    found.
    """
    from mockserver.definitions.report import render  # noqa: PLC0415 - only when something is checked
    from mockserver.errors import DefinitionError  # noqa: PLC0415

    extent = read_extent(by_name(limits))
    problems = [problem for path in paths for problem in _check(path, style, extent)]
    if problems or style == "json":
        write_text(render(DefinitionError(problems), style))
    sys.exit(BROKEN if problems else 0)


def _check(path: Path, style: "Style", extent: "Extent") -> "Sequence[DefinitionProblem]":
    """The problems of one definition; one that has none gets its line at once."""
    from mockserver.errors import DefinitionError  # noqa: PLC0415
    from mockserver.server.assemble import load_prepared  # noqa: PLC0415

    try:
        prepared = load_prepared([path], tried_rows=inf, extent=extent)
    except DefinitionError as error:
        return error.problems
    if style != "json":
        write_text(f"{path}: no problems, {_summarise(prepared)}")
    return ()


def _summarise(prepared: "Prepared") -> str:
    resources, rows = len(prepared.rows), sum(map(len, prepared.rows.values()))
    return f"{_count(resources, 'resource')} with {_count(rows, 'row')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
