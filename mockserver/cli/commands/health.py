"""`mockserver health`: is it up; for container health checks and scripts that wait."""

import time

import click

from mockserver.cli.duration import Duration
from mockserver.cli.remote import Control, Unreachable, control_options

_PAUSE_S = 0.1


@click.command(
    epilog="""\b
Examples:
  mockserver health
  mockserver health --wait 30s && npm test
  mockserver health --control http://127.0.0.1:9001
"""
)
@control_options
@click.option("--wait", default="0s", type=Duration(), metavar="DURATION", help="Keep asking for this long.")
def command(control: Control, wait: float) -> None:
    """Exit 0 when a server is up, 1 when none answers."""
    deadline = time.monotonic() + wait
    while True:
        try:
            control.call("GET", "/health", timeout_s=max(1.0, min(5.0, deadline - time.monotonic())))
        except Unreachable:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_S)
        else:
            click.echo("ok")
            return
