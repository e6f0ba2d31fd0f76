"""`mockserver status`: what a running server is serving."""

import json
from typing import Any

import click

from mockserver.cli.remote import Control, control_options, sandbox_option
from mockserver.definitions.report import show


@click.command(
    epilog="""\b
Examples:
  mockserver status
  mockserver status --json | jq .seed
  MOCKSERVER_CONTROL=http://127.0.0.1:9001 mockserver status
"""
)
@control_options
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def command(control: Control, *, as_json: bool) -> None:
    """Show what a running server is serving."""
    answer = control.call("GET", "/api/status")
    if as_json:
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    for name, value in answer.items():
        rows = [_show_members(value)] if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for place, row in enumerate(rows):
            click.echo(f"{'' if place else name:<20} {_show(row)}")


def _show_members(value: dict[str, Any]) -> str:
    """What there is to say of one thing, without what is empty."""
    return ", ".join(f"{name}: {_show(inner)}" for name, inner in value.items() if inner not in ([], {}, None))


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(show(str(inner)) for inner in value.values())
    return show(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
