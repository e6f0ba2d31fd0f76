"""`mockserver snapshot`: the data of a running server kept under a name, and put back."""

import json
from typing import Any

import click

from mockserver.cli.output import lay_out, write_text
from mockserver.cli.remote import Control, control_options, in_path, sandbox_option

_ACTIONS = ("list", "save", "restore", "delete")


@click.command(
    epilog="""\b
Examples:
  mockserver snapshot save before-checkout
  mockserver snapshot restore before-checkout --sandbox w3
  mockserver snapshot list
"""
)
@control_options
@sandbox_option
@click.argument("action", metavar="[list|save|restore|delete", type=click.Choice(_ACTIONS), default="list")
@click.argument("name", metavar="[NAME]]", default="")
@click.option("--json", "as_json", is_flag=True, help="List them as JSON.")
def command(control: Control, action: str, name: str, *, as_json: bool) -> None:
    """Keep the data of a running server under a NAME, put it back, or list what is kept."""
    if as_json and action != "list":
        raise click.UsageError("--json is for the list; write: mockserver snapshot list --json")
    if action == "list":
        if name:
            raise click.UsageError("list takes no name; write: mockserver snapshot list")
        snapshots = control.read("/api/snapshots")
        write_text(json.dumps(snapshots, indent=2, ensure_ascii=False) if as_json else _table(snapshots))
        return
    if not name:
        raise click.UsageError(f"Which one? Write: mockserver snapshot {action} NAME")
    path = f"/api/snapshots/{in_path(name)}"
    if action == "save":
        control.call("PUT", path)
    elif action == "restore":
        control.call("POST", f"{path}/restore")
    else:
        control.send("DELETE", path)
    write_text(f"{action}d: {name}")


def _table(snapshots: list[dict[str, Any]]) -> str:
    if not snapshots:
        return "no snapshot is kept"
    return lay_out(
        [("name", "created", "documents"), *((one["name"], one["created"], one["documents"]) for one in snapshots)]
    )
