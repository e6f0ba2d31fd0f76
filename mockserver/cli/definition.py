"""Loading definitions for the commands: their options, and what is wrong said before the command ends with 2.

Imports nothing heavy before it is called.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from mockserver.server.assemble import AssembledInstance, Prepared

C = TypeVar("C", bound=Callable[..., Any])

BROKEN = 2
"""The exit code for a definition, or a part of it, that can't be used; that of wrong usage too."""

PATH = click.Path(path_type=Path)
"""A definition or a folder of them; whether it is there is found when it is read, with the nearest name."""


def seed_option(command: C) -> C:
    """`--seed`, which wins over the definition's."""
    return click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Instead of the definition's.")(command)


def convention_option(command: C) -> C:
    """`--convention`, which wins over the definition's."""
    return click.option("--convention", metavar="NAME", help="Instead of the definition's.")(command)


def load_or_exit(
    paths: Sequence[Path],
    seed: int | None = None,
    convention: str | None = None,
    scenario: str = "",
    limits: Mapping[str, int] | None = None,
) -> "Prepared":
    """The definition in files or folders with its data, or the end: exit 2, every problem on stderr.

    The data of the `scenario` that is to be begun in has to be possible.
    """
    from mockserver.cli.limit import read_extent  # noqa: PLC0415 - as below
    from mockserver.definitions.report import render  # noqa: PLC0415 - as below, only for those who load
    from mockserver.errors import DefinitionError  # noqa: PLC0415
    from mockserver.server.assemble import load_prepared  # noqa: PLC0415

    _check_convention(convention)
    try:
        return load_prepared(paths, seed, convention, begins_in=scenario, extent=read_extent(limits or {}))
    except DefinitionError as error:
        click.echo(render(error, "text"), err=True)
        sys.exit(BROKEN)


def assemble_or_exit(
    paths: Sequence[Path], seed: int | None = None, convention: str | None = None
) -> "AssembledInstance":
    """What answers for a definition, or the end as in `load_or_exit`."""
    prepared = load_or_exit(paths, seed, convention)
    from mockserver.server.assemble import AssembledInstance  # noqa: PLC0415

    return AssembledInstance(prepared)


def default_paths() -> tuple[Path, ...]:
    """What is served when nothing is named: the definition or folder at hand, else the zoo that is shipped."""
    from mockserver.definitions.shipped import shipped  # noqa: PLC0415

    here = (Path("mockserver.yaml"), Path("mockserver.d"))
    return tuple(path for path in here if path.exists())[:1] or (shipped("zoo"),)


def _check_convention(name: str | None) -> None:
    """An option that names none is wrong usage: the file has no line to point at."""
    from mockserver.conventions.base import conventions  # noqa: PLC0415
    from mockserver.errors import suggestion  # noqa: PLC0415

    if name is not None and name not in conventions:
        hint = suggestion(name, conventions.names())
        raise click.BadParameter(f"there is no convention '{name}'; {hint}", param_hint="--convention")
