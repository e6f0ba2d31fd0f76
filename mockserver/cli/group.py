"""Finding subcommands by file name, and reading a command line that names none as `serve`."""

from importlib import import_module
from pkgutil import iter_modules

import click

from mockserver import __version__
from mockserver.cli import commands
from mockserver.errors import nearest

_DEFAULT = "serve"


class CommandGroup(click.Group):
    """A group with one module a command; each module calls its command `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command, sorted."""
        return sorted(module.name for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or nothing."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"{commands.__name__}.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a mistake in the file, not in the command line
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `serve` before arguments that name no command: nothing at all, its options, a path."""
        if not args or self._means_serve(ctx, args[0]):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command the first argument names, or an error that names the nearest."""
        if self.get_command(ctx, args[0]) is None:
            close = nearest(args[0], self.list_commands(ctx))
            ctx.fail(f"No command '{args[0]}'." + (f" Did you mean '{close}'?" if close else ""))
        return super().resolve_command(ctx, args)

    def _means_serve(self, ctx: click.Context, first: str) -> bool:
        if first in self.list_commands(ctx):
            return False
        if first.startswith("-"):
            return first not in {"--help", "-h", "--version"}
        return any(mark in first for mark in "./\\")


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  mockserver                        serve ./mockserver.yaml, or the zoo that is shipped
  mockserver shop.yaml --port 0     serve a definition on a free port
  mockserver status                 what a running server is serving
""",
)
@click.version_option(__version__, prog_name="mockserver", message="%(prog)s %(version)s")
def main() -> None:
    """A mock API server: one YAML file becomes seeded data over REST.

    Without a command it serves.
    """
