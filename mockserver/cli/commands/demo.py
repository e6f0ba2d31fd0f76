"""`mockserver demo`: the fallback demo in a browser, of a running server or else of one that is started for it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import click

from mockserver.cli.remote import DEFAULT_CONTROL, Control, Unreachable, control_options, in_url, sandbox_option

_HEALTH_S = 2.0


@click.command(
    epilog="""\b
Examples:
  mockserver demo
  mockserver demo --walk
  mockserver demo --control http://127.0.0.1:9001 --sandbox talk --no-open
"""
)
@control_options
@sandbox_option
@click.option("--walk", is_flag=True, help="Begin the walk down the ladder and up again at once.")
@click.option("--no-open", is_flag=True, help="Only print the address, open no browser.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Start a server for the demo, with its API here; 0: any free."
)
@click.option("--control-port", type=click.IntRange(0, 65535), help="The same for its control plane.")
def command(control: Control, *, walk: bool, no_open: bool, port: int | None, control_port: int | None) -> None:
    """Show how a front end gets by when its connection is taken away.

    It is a board on the data of the running server. Where none runs at the usual address, the tickets that are shipped
    are served until you press Ctrl+C.
    """
    show = partial(_show, sandbox=control.sandbox, is_walking=walk, opens=not no_open)
    if port is None and control_port is None and _is_running(control):
        show(control.url)
        return
    _serve({"--port": port, "--control-port": control_port, "--token": control.token or None}, show)


def _is_running(control: Control) -> bool:
    """Whether a server is there to be shown. *Raises* `Unreachable` where one was named and is not."""
    try:
        replace(control, sandbox="").call("GET", "/health", timeout_s=_HEALTH_S)
    except Unreachable:
        if control.url != DEFAULT_CONTROL:
            raise
        return False
    return True


def _serve(given: dict[str, Any], show: Callable[[str], None]) -> None:
    """Serve the shipped tickets as `mockserver serve` does, and show them as soon as they are there."""
    from mockserver.definitions.shipped import shipped  # noqa: PLC0415 - only where there is something to serve

    group = click.get_current_context().find_root()
    assert isinstance(group.command, click.Group)  # noqa: S101 - what all commands are found in
    serve = group.command.get_command(group, "serve")
    assert serve is not None  # noqa: S101 - a mistake of ours
    arguments = [str(word) for name, value in given.items() if value is not None for word in (name, value)]
    with serve.make_context("serve", [str(shipped("tickets")), *arguments], obj=show) as context:
        serve.invoke(context)


def _show(url: str, sandbox: str, *, is_walking: bool, opens: bool) -> None:
    """Say where the demo is, and open it."""
    asked = [f"sandbox={in_url(sandbox)}"] if sandbox else []
    address = f"{url.rstrip('/')}/demo{'?' if asked or is_walking else ''}{'&'.join([*asked, *['walk'] * is_walking])}"
    click.echo(f"demo: {address}")
    if opens and not _open(address):
        click.echo("No browser could be opened here; open the address above in one.", err=True)


def _open(address: str) -> bool:
    """Whether a browser took it."""
    import webbrowser  # noqa: PLC0415 - slow to import

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
