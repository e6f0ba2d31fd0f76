"""`mockserver serve`: the server itself. The only command that monkey-patches the process."""

import gc
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mockserver.cli.definition import BROKEN, PATH, convention_option, default_paths, load_or_exit, seed_option
from mockserver.cli.duration import Duration
from mockserver.cli.limit import NAMES, by_name, limit_option, read_bounds, read_extent
from mockserver.cli.output import open_standard_streams
from mockserver.definitions.bound import LONGEST_WAIT_S

if TYPE_CHECKING:
    from mockserver.definitions.source import Source
    from mockserver.errors import DatabaseError
    from mockserver.server.assemble import AssembledService, Prepared
    from mockserver.server.cors import OriginList
    from mockserver.server.renewal import Renewal
    from mockserver.store.database.database import Database


def _read_delay(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value and not 0 < Duration().convert(value, param, ctx) <= LONGEST_WAIT_S:
        raise click.BadParameter("write a duration up to 10m, like 300ms.", ctx, param)
    return value


def _read_token(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise click.BadParameter("must be ASCII without spaces, or no request could carry it.", ctx, param)
    return value


@click.command(
    epilog="""\b
Examples:
  mockserver serve
  mockserver serve shop.yaml --port 3000 --seed 7 --fault flaky --delay 300ms
  mockserver serve base.yaml extra.d/ --static dist --port 0 --control-port 0 --log json
"""
)
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH]...")
@click.option("--host", default="localhost", show_default=True, help="Where to listen; localhost is IPv4 and IPv6.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Of the API; 0: any free.")
@click.option(
    "--control-port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Of the control plane."
)
@seed_option
@convention_option
@click.option(
    "--static",
    type=click.Path(exists=True, file_okay=False, readable=True, path_type=Path),
    metavar="DIR",
    help="Serve these files where the API has no path; pages not found get its index.html.",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep what is written in this TinyDB file: it is there again at the next start.",
)
@click.option("--fsync", is_flag=True, help="With --db: what was acknowledged survives a loss of power too.")
@click.option("--scenario", default="", metavar="NAME", help="Begin in this scenario of the definition.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME", help="Switch on a fault of the definition, or a preset."
)
@click.option(
    "--delay", default="", metavar="DURATION", callback=_read_delay, help="Let every request wait: 300ms, 2s."
)
@click.option("--no-faults", is_flag=True, help="Let no fault act, whoever switches it on.")
@click.option("--allow-request-faults", is_flag=True, help="Let single requests ask for faults beyond loopback too.")
@click.option("--no-watch", is_flag=True, help="Leave the definition as it is when its files change.")
@click.option("--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="A further host name to answer to.")
@click.option("--allow-origin", "allow_origins", multiple=True, metavar="URL", help="A further origin for CORS.")
@click.option(
    "--token", default="", envvar="MOCKSERVER_TOKEN", callback=_read_token, help="What the control plane asks for."
)
@limit_option(NAMES)
@click.option("--end-with-stdin", is_flag=True, help="End when standard input does: with whoever started it.")
@click.option("--log", type=click.Choice(["text", "json", "quiet"]), default="text", show_default=True)
@click.pass_obj
def command(at_ready: Callable[[str], None] | None, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Serve definitions: files, or folders whose *.yaml are merged.

    Without a PATH it serves ./mockserver.yaml or ./mockserver.d/, else the zoo that is shipped.
    """
    _patch()
    # Until `run` has all it needs: nearly all of that stays, and looking through it for garbage takes long.
    gc.disable()
    open_standard_streams()
    options["limits"] = by_name(options["limits"])
    sys.exit(_serve(paths, options, {} if at_ready is None else {"at_ready": at_ready}))


def _patch() -> None:
    """Have what would wait let others go on meanwhile; must come before whatever is patched is imported."""
    from gevent import events, monkey  # noqa: PLC0415 - not for the other commands

    # Nobody's plugins are asked: finding out that there are none, 25 times, takes longer than all of the patching.
    events.notify_and_call_entry_points = events.notify
    # Nothing here speaks TLS.
    monkey.patch_all(ssl=False)


def _serve(paths: tuple[Path, ...], options: dict[str, Any], further: dict[str, Any]) -> int:
    from mockserver.server.listener import ListenError, open_listener  # noqa: PLC0415

    if options["fsync"] and options["db"] is None:
        raise click.UsageError("--fsync is for what --db keeps: name a file with that.")
    from mockserver.server.watch import FileWatch  # noqa: PLC0415

    try:
        # Before anything slow: a port in use is known at once.
        api = open_listener(options["host"], options["port"])
        control = open_listener(options["host"], options["control_port"], "--control-port")
    except ListenError as error:
        raise click.ClickException(str(error)) from None
    origins = _read_origins(options["allow_origins"])
    files = paths or default_paths()
    # Before they are loaded: a change that comes meanwhile is one.
    watch = None if options["no_watch"] else FileWatch(files)
    prepared = load_or_exit(files, options["seed"], options["convention"], options["scenario"], options["limits"])
    database = _open_database(options)
    service = _begin(prepared, options, database)
    from mockserver.server.limits import limit_server  # noqa: PLC0415
    from mockserver.server.run import run  # noqa: PLC0415
    from mockserver.server.settings import Settings  # noqa: PLC0415

    settings = Settings(
        options["allow_hosts"],
        origins,
        options["token"],
        options["log"],
        options["static"],
        request_faults=options["allow_request_faults"],
        limits=limit_server(options["limits"]),
        end_with_stdin=options["end_with_stdin"],
        **further,
    )
    return run(service, (api, control), settings, _renewal(service, options), watch, keeper=service.default.keeper)


def _open_database(options: dict[str, Any]) -> "Database | None":
    """The file that what is written is kept in, or the end: exit 2 with what is wrong with it."""
    if options["db"] is None:
        return None
    from mockserver.errors import DatabaseError  # noqa: PLC0415
    from mockserver.store.database.database import Database  # noqa: PLC0415

    try:
        return Database(options["db"], syncs=options["fsync"])
    except DatabaseError as error:
        _refuse(error)


def _refuse(error: "DatabaseError") -> NoReturn:
    click.echo(f"Error: {error}.", err=True)
    sys.exit(BROKEN)


def _begin(prepared: "Prepared", options: dict[str, Any], database: "Database | None") -> "AssembledService":
    from mockserver.errors import DatabaseError  # noqa: PLC0415
    from mockserver.server.assemble import AssembledService, Beginning, UnknownName  # noqa: PLC0415

    if options["no_faults"] and (options["faults"] or options["delay"]):
        raise click.UsageError("--no-faults bars what --fault and --delay ask for: leave one out.")
    limits = options["limits"]
    beginning = Beginning(
        options["faults"],
        options["delay"],
        options["scenario"],
        options["no_faults"],
        bounds=read_bounds(limits),
        **({"sandboxes": limits["sandboxes"]} if "sandboxes" in limits else {}),
    )
    try:
        return AssembledService(prepared, beginning, database)
    except UnknownName as error:
        raise click.UsageError(str(error)) from None
    except DatabaseError as error:
        _refuse(error)


def _renewal(service: "AssembledService", options: dict[str, Any]) -> "Renewal":
    """What puts other definitions in force, the options at the start included."""
    from mockserver.server.assemble import override, prepare  # noqa: PLC0415
    from mockserver.server.renewal import Loaded, Renewal  # noqa: PLC0415

    def load(source: "Source") -> Loaded:
        changes = override(source, options["seed"], options["convention"])
        staged = service.stage(prepare(source, changes, begins_in=options["scenario"]))
        return Loaded(staged.difference, partial(service.take_over, staged))

    return Renewal(load, read_extent(options["limits"]))


def _read_origins(origins: tuple[str, ...]) -> "OriginList":
    from mockserver.server.cors import OriginList  # noqa: PLC0415

    try:
        return OriginList(origins)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--allow-origin") from None
