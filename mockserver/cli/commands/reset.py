"""`mockserver reset`: back to the state the file describes."""

import click

from mockserver.cli.remote import Control, control_options, sandbox_option


@click.command(
    epilog="""\b
Examples:
  mockserver reset
  mockserver reset data faults --sandbox w3
  mockserver reset journal clock --control http://127.0.0.1:9001
"""
)
@control_options
@sandbox_option
@click.argument("parts", nargs=-1, metavar="[data|faults|feed|journal|clock]...")
def command(control: Control, parts: tuple[str, ...]) -> None:
    """Put a running server back to its file.

    Without PARTS everything; else only those named.
    """
    answer = control.call("POST", "/api/reset", {"what": list(parts)})
    click.echo(f"reset: {', '.join(answer['reset'])}")
