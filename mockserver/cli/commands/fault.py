"""`mockserver fault`: the faults of a running server, switched on and off."""

import json
from typing import Any

import click

from mockserver.cli.duration import write_duration
from mockserver.cli.output import lay_out, write_text
from mockserver.cli.remote import Control, Refused, control_options, in_path, sandbox_option
from mockserver.messages import Json

_HEAD = ("name", "state", "from", "expires", "matched", "fired", "what")


@click.command(
    epilog="""\b
Examples:
  mockserver fault on flaky --ttl 2m
  mockserver fault off
  mockserver fault list --sandbox w3
"""
)
@control_options
@sandbox_option
@click.argument("action", metavar="[list|on|off", type=click.Choice(["list", "on", "off"]), default="list")
@click.argument("name", metavar="[NAME]]", default="")
@click.option("--ttl", metavar="DURATION", help="How long it stays on: 30s, 2m, 24h at most.  [default: 15m]")
@click.option("--json", "as_json", is_flag=True, help="List them as JSON.")
def command(control: Control, action: str, name: str, ttl: str | None, *, as_json: bool) -> None:
    """List the faults of a running server, or switch one on or off.

    NAME is a fault of the definition, one that was set while it runs, or a preset. Without a NAME `off` ends them all.
    """
    if ttl is not None and action != "on":
        raise click.UsageError("--ttl says how long a fault stays on; write: mockserver fault on NAME --ttl 2m")
    if as_json and action != "list":
        raise click.UsageError("--json is for the list; write: mockserver fault list --json")
    if action == "list":
        if name:
            raise click.UsageError("list takes no name; write: mockserver fault list")
        faults = control.read("/api/faults")
        write_text(json.dumps(faults, indent=2, ensure_ascii=False) if as_json else _table(faults))
    elif action == "on":
        write_text(_switch_on(control, name, ttl))
    else:
        write_text(_switch_off(control, name))


def _switch_on(control: Control, name: str, ttl: str | None) -> str:
    if not name:
        raise click.UsageError("Which one? Write: mockserver fault on NAME")
    wanted: dict[str, Json] = {"enabled": True} if ttl is None else {"enabled": True, "ttl": ttl}
    state = control.call("PATCH", f"/api/faults/{in_path(name)}", wanted)
    expires = state["expires_in_s"]
    return f"on: {state['name']}" + ("" if expires is None else f", for {write_duration(expires)}")


def _switch_off(control: Control, name: str) -> str:
    if name:
        try:
            control.call("PATCH", f"/api/faults/{in_path(name)}", {"enabled": False})
        except Refused:
            if any(one["name"] == name for one in control.read("/api/presets")):
                raise Refused(f"'{name}' is a preset, and it is not on.") from None
            raise
        return f"off: {name}"
    ended = control.call("POST", "/api/faults/off")["off"]
    return f"off: {', '.join(ended)}" if ended else "no fault was on"


def _table(faults: list[dict[str, Any]]) -> str:
    if not faults:
        return "no fault is declared or set"
    return lay_out([_HEAD, *map(_row, faults)])


def _row(fault: dict[str, Any]) -> tuple[object, ...]:
    expires = fault["expires_in_s"]
    return (
        fault["name"],
        "on" if fault["enabled"] else "off",
        fault["source"],
        "" if expires is None else write_duration(expires),
        fault["matched"],
        fault["fired"],
        fault["describe"] or "; ".join(fault["effects"]),
    )
