"""`mockserver openapi`: what a definition serves, as an OpenAPI document."""

import json
from pathlib import Path

import click

from mockserver.cli.definition import PATH, assemble_or_exit, convention_option, seed_option
from mockserver.cli.output import write_text

_SERVER = "http://localhost:8000"
"""Where `mockserver serve` listens unless told otherwise."""


@click.command(
    epilog="""\b
Examples:
  mockserver openapi mockserver.yaml > openapi.json
  mockserver openapi mockserver.yaml --format yaml
  mockserver openapi mockserver.yaml --convention abp --server https://api.example.org
"""
)
@click.argument("path", type=PATH)
@click.option("--format", "style", type=click.Choice(["json", "yaml"]), default="json", show_default=True)
@click.option("--server", default=_SERVER, show_default=True, metavar="URL", help="Where the API is served.")
@seed_option
@convention_option
def command(path: Path, style: str, server: str, seed: int | None, convention: str | None) -> None:
    """Print the OpenAPI 3.1 document of a definition, with examples from its data.

    A running server has it at /openapi.json of the control plane.
    """
    document = assemble_or_exit([path], seed, convention).openapi(server.rstrip("/"))
    if style == "json":
        write_text(json.dumps(document, indent=2, ensure_ascii=False))
        return
    import yaml  # noqa: PLC0415 - slow for a help page

    # By way of JSON: what two places share is written twice, and not as an alias.
    plain = json.loads(json.dumps(document))
    write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120).rstrip("\n"))
