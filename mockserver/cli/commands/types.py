"""`mockserver types`: what a definition serves, as TypeScript types."""

from pathlib import Path

import click

from mockserver.cli.definition import PATH, assemble_or_exit, convention_option
from mockserver.cli.output import write_text


@click.command(
    epilog="""\b
Examples:
  mockserver types mockserver.yaml > src/api.ts
  mockserver types mockserver.yaml --convention abp
  mockserver types mockserver.yaml | grep 'export interface'
"""
)
@click.argument("path", type=PATH)
@convention_option
def command(path: Path, convention: str | None) -> None:
    """Print TypeScript types of what a definition serves.

    For each resource the document that is read and the bodies that create, replace and patch it; then the convention's
    own lists, results and problems.
    """
    document = assemble_or_exit([path], convention=convention).openapi("")
    from mockserver.openapi.typescript import write_types  # noqa: PLC0415 - slow for a help page

    write_text(write_types(document).rstrip("\n"))
