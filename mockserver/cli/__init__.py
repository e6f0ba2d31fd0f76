"""The `mockserver` command: a group whose subcommands are the modules of `commands`, imported when they are asked for.

Imports nothing heavy, and neither does any command before it runs.
"""

from mockserver.cli.group import CommandGroup, main

__all__ = ["CommandGroup", "main"]
