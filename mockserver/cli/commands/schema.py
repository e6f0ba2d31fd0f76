"""`mockserver schema`: the format of definitions, for editors."""

import json
from typing import TYPE_CHECKING

import click

from mockserver.cli.output import write_text

if TYPE_CHECKING:
    from mockserver.definitions.json_schema import Draft


@click.command(
    epilog="""\b
Examples:
  mockserver schema > mockserver.schema.json
  mockserver schema --draft 07 > mockserver.schema.json
  mockserver schema | jq '.properties | keys'
"""
)
@click.option(
    "--draft",
    type=click.Choice(["2020-12", "07"]),
    default="2020-12",
    show_default=True,
    help="Of JSON Schema; 07 is what most YAML editors read best.",
)
def command(draft: "Draft") -> None:
    """Print the JSON Schema of the definition format.

    An editor uses it when a definition begins with: # yaml-language-server: $schema=./mockserver.schema.json
    """
    from mockserver.definitions.json_schema import write_schema  # noqa: PLC0415 - slow for a help page
    from mockserver.server.assemble import definition_model  # noqa: PLC0415

    write_text(json.dumps(write_schema(definition_model(), draft), indent=2, ensure_ascii=False))
