"""`mockserver sockets`: the open sockets and event streams of a running server, and their ends."""

import json
from typing import Any

import click

from mockserver.cli.output import lay_out, write_text
from mockserver.cli.remote import Control, control_options, in_path, sandbox_option
from mockserver.messages import Json

_COLUMNS = ("id", "transport", "path", "user", "sandbox", "age_s", "messages_in", "messages_out", "queue")


@click.command(
    epilog="""\b
Examples:
  mockserver sockets
  mockserver sockets close 3 --code 1012 --reason restart
  mockserver sockets close --how reset --sandbox w3
"""
)
@control_options
@sandbox_option
@click.argument("action", metavar="[close", type=click.Choice(["close"]), required=False)
@click.argument("socket", metavar="[ID]]", default="")
@click.option("--code", type=click.IntRange(1000, 4999), help="The close code, 1005 for none.  [default: 1000]")
@click.option("--reason", help="The reason that goes with it, at most 123 bytes.")
@click.option(
    "--how",
    type=click.Choice(["close", "drop", "reset", "stall"]),
    help="drop ends TCP without a Close frame, reset resets it, stall goes silent.",
)
@click.option("--json", "as_json", is_flag=True, help="List them as JSON.")
def command(control: Control, action: str | None, socket: str, *, as_json: bool, **ending: Any) -> None:
    """List the open sockets of a running server, or close one of them.

    Without an ID `close` closes them all. Sockets of every sandbox are meant, unless one is named.
    """
    given: dict[str, Json] = {name: value for name, value in ending.items() if value is not None}
    if action is not None:
        if as_json:
            raise click.UsageError("--json is for the list; write: mockserver sockets --json")
        write_text(_close(control, socket, given))
        return
    if given:
        raise click.UsageError(f"--{next(iter(given))} says how to close; write: mockserver sockets close")
    sockets = control.read("/api/sockets")
    write_text(json.dumps(sockets, indent=2, ensure_ascii=False) if as_json else _table(sockets))


def _close(control: Control, socket: str, given: dict[str, Json]) -> str:
    path = f"/api/sockets/{in_path(socket)}/close" if socket else "/api/sockets/close"
    closed = control.call("POST", path, given)["closed"]
    return f"closed: {', '.join(closed)}" if closed else "no socket is open"


def _table(sockets: list[dict[str, Any]]) -> str:
    """One line for each socket, under the names of what there is to know."""
    if not sockets:
        return "no socket is open"
    return lay_out([_COLUMNS, *([one.get(name, "") for name in _COLUMNS] for one in sockets)])
