"""`mockserver scenario`: the whole states a definition has names for, one of them put in place."""

import json
from typing import Any

import click

from mockserver.cli.output import lay_out, write_text
from mockserver.cli.remote import Control, control_options, sandbox_option


@click.command(
    epilog="""\b
Examples:
  mockserver scenario
  mockserver scenario offline
  mockserver scenario --none --sandbox w3
"""
)
@control_options
@sandbox_option
@click.argument("name", required=False)
@click.option("--none", "is_none", is_flag=True, help="Back to the state of the file.")
@click.option("--json", "as_json", is_flag=True, help="List them as JSON.")
def command(control: Control, name: str | None, *, is_none: bool, as_json: bool) -> None:
    """Switch a running server to a scenario.

    Its data, its user and exactly its faults take the place of those there are. Without a NAME they are listed.
    """
    if name is not None and is_none:
        raise click.UsageError(f"Either '{name}' or --none.")
    is_switch = name is not None or is_none
    if as_json and is_switch:
        raise click.UsageError("--json is for the list; write: mockserver scenario --json")
    if not is_switch:
        scenarios = control.read("/api/scenarios")
        write_text(json.dumps(scenarios, indent=2, ensure_ascii=False) if as_json else _table(scenarios))
        return
    current = control.call("PUT", "/api/scenario", {"name": name})["name"]
    write_text("scenario: none, the state of the file" if current is None else f"scenario: {current}")


def _table(scenarios: list[dict[str, Any]]) -> str:
    if not scenarios:
        return "the definition has no scenarios"
    return lay_out([("name", "now", "user", "faults", "what"), *map(_row, scenarios)])


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    faults = ", ".join(one["faults"])
    return one["name"], "*" if one["current"] else "", one["user"] or "", faults, one["describe"]
