"""The life of the serving process: both planes up in one event loop, the ready line, and an orderly end.

Needs a monkey-patched process; the `serve` command sees to that.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, thread_time
from typing import TYPE_CHECKING

import gevent
import orjson
from gevent.event import Event

from mockserver.server.interrupt import stop_on_signals, stop_with_stdin
from mockserver.server.listener import Listener, raise_file_limit
from mockserver.server.log import ExchangeLog
from mockserver.server.plane import Plane
from mockserver.server.reload import Reloader
from mockserver.server.renewal import Renewal
from mockserver.server.service import Service
from mockserver.server.settings import Settings
from mockserver.server.socket.register import Sockets
from mockserver.server.watch import FileWatch
from mockserver.server.wiring import Parts, build_planes, join_parts
from mockserver.server.writer import write_all

if TYPE_CHECKING:
    from mockserver.server.keeper import Keeper

_MAKE_READY_S = 0.5
"""So long after the start what takes long to import, and no plain request needs, is imported all the same."""
_FLUSH_S = 0.5
_TICK_S = 0.25
_TELLING_S = 0.003
"""So long events are told before requests have their turn. With much less, those who listen would fall behind by more
than is held for them, where others write without pause and the machine has too much to do."""
_LEAST_TICK_S = 0.005


def run(  # noqa: PLR0913 - it joins them all
    service: Service,
    listeners: tuple[Listener, Listener],
    settings: Settings,
    renewal: Renewal,
    watch: FileWatch | None = None,
    *,
    keeper: "Keeper | None" = None,
) -> int:
    """Serve the API and the control plane until a signal ends it; the exit code.

    Another definition comes by `renewal`, and from the files where there is a `watch` on them. What is written is kept
    by a `keeper` where there is one. The first SIGTERM or SIGINT stops accepting and lets running requests finish; a
    second one ends the process at once with exit code 1.
    """
    parts = join_parts(service, settings, renewal, is_loopback=listeners[0].is_loopback, keeper=keeper)
    planes = build_planes(parts, *listeners, raise_file_limit())
    _report_to(parts.log)
    stop = stop_on_signals()
    if settings.end_with_stdin:
        stop_with_stdin(stop)
    # Modules and seeded rows stay: without, looking through them for garbage would stop everybody now and then.
    gc.freeze()
    gc.enable()
    for plane in planes:
        plane.start()
    _announce(service, *listeners, settings.log)
    parts.log.start()
    if keeper is not None:
        gevent.spawn(keeper.run, parts.log)
    with _working(parts, watch):
        telling = gevent.spawn(settings.at_ready, listeners[1].origin)
        making = [gevent.spawn_later(_MAKE_READY_S, plane.make_ready) for plane in planes]
        stop.wait()
        gevent.killall([telling, *making], block=False)
    _stop(planes, parts.sockets, settings.limits.stop_s)
    if keeper is not None:
        keeper.close(parts.log)
    parts.log.close(_FLUSH_S)
    return 0


def _report_to(log: ExchangeLog) -> None:
    """Have what the loop comes upon reported without waiting: gevent's own way stops everybody while nobody reads."""

    def report(_context: object, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            log.trace(error)

    gevent.get_hub().print_exception = report


@contextmanager
def _working(parts: Parts, watch: FileWatch | None) -> Iterator[None]:
    """While this lasts, all is done that no request asks for."""
    service, log = parts.service, parts.log
    working = [
        gevent.spawn(_walk, service, log),
        gevent.spawn(_deliver, service, log),
        gevent.spawn(parts.listening.run, log.trace),
    ]
    if watch is not None:
        working.append(gevent.spawn(Reloader(watch, parts.renewal).run, log))
    try:
        yield
    finally:
        gevent.killall(working, block=False)


def _walk(service: Service, log: ExchangeLog) -> None:
    """What is due happens when it is due, whether anybody asks or not.

    The clock may be moved meanwhile, and jobs may begin: nobody waits long for that to be noticed.
    """
    sooner = Event()
    service.hasten(sooner.set)
    while True:
        sooner.clear()
        try:
            due_s = service.advance()
        except Exception as error:  # noqa: BLE001 - a bug of ours, which must not stop the clock of everything else
            log.trace(error)
            due_s = None
        # Others have their turn in any case.
        gevent.sleep(_LEAST_TICK_S)
        sooner.wait(_TICK_S if due_s is None else min(max(due_s, _LEAST_TICK_S), _TICK_S) - _LEAST_TICK_S)


def _deliver(service: Service, log: ExchangeLog) -> None:
    """What happens is told to those who listen, after whoever made it happen has been answered."""
    changed = Event()
    service.watch_feeds(changed.set)
    while True:
        changed.wait()
        changed.clear()
        over = thread_time() + _TELLING_S
        try:
            for _ in service.deliver():
                if thread_time() >= over:
                    gevent.sleep(0)
                    over = thread_time() + _TELLING_S
        except Exception as error:  # noqa: BLE001 - a bug of ours, which must not silence everything after it
            log.trace(error)


def _announce(service: Service, api: Listener, control: Listener, style: str) -> None:
    """The block to paste from, then the ready line, in one write each and before any other line."""
    if style == "json":
        ready = orjson.dumps({"event": "ready", "api": api.origin, "control": control.origin}).decode()
    else:
        ready = f"mockserver ready api={api.origin} control={control.origin}"
    greeting = f"{service.greeting(api.origin, control.origin).rstrip()}\n\n" if style == "text" else ""
    sys.stdout.flush()
    try:
        write_all(sys.stdout.fileno(), f"{greeting}{ready}\n")
    except BrokenPipeError:
        # Whoever started us does not listen; serving goes on.
        return


def _stop(planes: tuple[Plane, ...], sockets: Sockets, grace_s: float) -> None:
    deadline = monotonic() + grace_s
    for plane in planes:
        plane.stop_accepting()
    sockets.stop()
    while any(plane.is_busy for plane in planes) and monotonic() < deadline:
        gevent.sleep(0.01)
