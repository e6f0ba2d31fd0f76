"""`mockserver reset`: back to the state the file describes."""

import click

from mockserver.cli.remote import Control, control_options


@click.command(
    epilog="""\b
Examples:
  mockserver reset
  mockserver reset data
  mockserver reset journal clock --control http://127.0.0.1:9001
"""
)
@control_options
@click.argument("parts", nargs=-1, metavar="[data|feed|journal|clock]...")
def command(control: Control, parts: tuple[str, ...]) -> None:
    """Put a running server back to its file.

    Without PARTS everything; else only those named.
    """
    answer = control.call("POST", "/api/reset", {"what": list(parts)})
    click.echo(f"reset: {', '.join(answer['reset'])}")
