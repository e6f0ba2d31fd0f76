"""The life of the serving process: both planes up in one event loop, the ready line, and an orderly end.

Needs a monkey-patched process; the `serve` command sees to that.
"""

import gc
import os
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import gevent
import gevent.socket
import orjson
from gevent.event import Event

from mockserver import __version__
from mockserver.messages import Json
from mockserver.server.control import Hub, Observer, build_control
from mockserver.server.cors import OriginList
from mockserver.server.fault.interference import Interference
from mockserver.server.fault.listening import Listening
from mockserver.server.guard import Guard
from mockserver.server.host import HostList
from mockserver.server.http import build_api
from mockserver.server.limits import Limits
from mockserver.server.listener import Listener, raise_file_limit
from mockserver.server.log import ExchangeLog
from mockserver.server.plane import Plane
from mockserver.server.reload import Reloader
from mockserver.server.renewal import Renewal
from mockserver.server.service import Service
from mockserver.server.socket.register import Sockets
from mockserver.server.static import StaticFolder
from mockserver.server.watch import FileWatch
from mockserver.server.writer import write_all

_FLUSH_S = 0.5
_STOPPED_AT_ONCE = 1
_TICK_S = 0.25
_LEAST_TICK_S = 0.005


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve: further host names and origins, the control plane's token (empty: none given), the log's style.

    `static` is a folder of files for paths that the API does not have. `request_faults` lets requests ask for faults
    though others than this machine can reach the API.
    """

    allow_hosts: tuple[str, ...] = ()
    origins: OriginList = field(default_factory=OriginList)
    token: str = ""
    log: str = "text"
    static: Path | None = None
    request_faults: bool = False
    limits: Limits = field(default_factory=Limits)


def run(
    service: Service,
    listeners: tuple[Listener, Listener],
    settings: Settings,
    renewal: Renewal,
    watch: FileWatch | None = None,
) -> int:
    """Serve the API and the control plane until a signal ends it; the exit code.

    Another definition comes by `renewal`, and from the files where there is a `watch` on them. The first SIGTERM or
    SIGINT stops accepting and lets running requests finish; a second one ends the process at once with exit code 1.
    """
    raise_file_limit()
    log = ExchangeLog(settings.log)
    sockets, hub = Sockets(settings.limits, log), Hub()
    sockets.at_stop(hub.close)
    observer = Observer(hub, service, sockets)
    renewal.watch(lambda change: hub.publish("definition", None, lambda: change))
    service.heed(sockets.serves)
    service.at_end(lambda instance: sockets.dismiss(instance.name))
    service.at_end(lambda instance: observer.part(instance.name))
    interference = Interference(settings.limits, hears_requests=settings.request_faults or listeners[0].is_loopback)
    sockets.at_stop(interference.holds.stop)
    service.heed(interference.holds.serves)
    listening = Listening(service, sockets, interference)
    planes = _build_planes(
        service,
        listeners,
        settings,
        log,
        sockets,
        interference=interference,
        listening=listening,
        hub=hub,
        renewal=renewal,
    )
    listening.attend(planes[0])
    stop = _stop_on_signals()
    # Modules and seeded rows stay: without, looking through them for garbage would stop everybody now and then.
    gc.freeze()
    for plane in planes:
        plane.start()
    _announce(service, *listeners, settings.log)
    log.start()
    following = gevent.spawn(Reloader(watch, renewal).run, log) if watch is not None else None
    working = [
        gevent.spawn(_walk, service, log),
        gevent.spawn(_deliver, service, log),
        gevent.spawn(listening.run, log.trace),
    ]
    stop.wait()
    gevent.killall(working, block=False)
    if following is not None:
        following.kill(block=False)
    _stop(planes, sockets, settings.limits.stop_s)
    log.close(_FLUSH_S)
    return 0


def _build_planes(  # noqa: PLR0913 - what both stand on
    service: Service,
    listeners: tuple[Listener, Listener],
    settings: Settings,
    log: ExchangeLog,
    sockets: Sockets,
    *,
    interference: Interference,
    listening: Listening,
    hub: Hub,
    renewal: Renewal,
) -> tuple[Plane, Plane]:
    """Both planes, neither of them accepting yet."""
    api, control = listeners
    token, started = _choose_token(settings, control), monotonic()

    def facts() -> dict[str, Json]:
        return {
            "version": __version__,
            "api": api.origin,
            "control": control.origin,
            "listener": listening.describe(),
            "held": interference.holds.describe(),
            "uptime_s": round(monotonic() - started, 3),
            "log_lines_dropped": log.dropped,
        }

    def body_limit() -> int:
        return settings.limits.body_bytes

    def api_body_limit() -> int:
        return settings.limits.body_bytes + service.upload_bytes

    files = None if settings.static is None else StaticFolder(settings.static)
    hosts = HostList((*settings.allow_hosts, api.host, control.host))
    return (
        Plane(
            api,
            build_api(service, settings.origins, log, sockets, interference=interference, files=files),
            hosts,
            settings.limits,
            api_body_limit,
        ),
        Plane(
            control,
            build_control(service, Guard(token), facts, log.trace, sockets, hub=hub, renewal=renewal),
            hosts,
            settings.limits,
            body_limit,
        ),
    )


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
        try:
            for _ in service.deliver():
                gevent.sleep(0)
        except Exception as error:  # noqa: BLE001 - a bug of ours, which must not silence everything after it
            log.trace(error)


def _choose_token(settings: Settings, control: Listener) -> str:
    if settings.token or control.is_loopback:
        return settings.token
    token = secrets.token_urlsafe(32)
    sys.stderr.write(f"Others can reach the control plane, so it asks for a token: {token}\n")
    sys.stderr.flush()
    return token


def _stop_on_signals() -> Event:
    stop = Event()
    wake: Callable[..., Any] = gevent.get_hub().loop.run_callback_threadsafe

    def on_signal(_number: int, _frame: object) -> None:
        # A plain handler and not gevent's: it must also work while a request keeps the loop busy.
        if stopping:
            os._exit(_STOPPED_AT_ONCE)
        stopping.append(_number)
        wake(stop.set)

    stopping: list[int] = []
    _wake_on_signals()
    # SIGHUP: the terminal was closed.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    return stop


def _wake_on_signals() -> None:
    """Make every signal an event of the loop.

    Python calls a handler between two of its instructions only: a signal that comes just as the loop falls asleep
    would not be noticed before something else happens.
    """
    reading, writing = gevent.socket.socketpair()
    for end in (reading, writing):
        end.settimeout(0)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    watcher = gevent.get_hub().loop.io(reading.fileno(), 1)
    # Holds both sockets for as long as the loop lives.
    watcher.start(lambda: (reading.recv(4096), writing))


def _announce(service: Service, api: Listener, control: Listener, style: str) -> None:
    """The block to paste from, then the ready line, in one write each and before any other line."""
    if style == "json":
        ready = orjson.dumps({"event": "ready", "api": api.origin, "control": control.origin}).decode()
    else:
        ready = f"mockserver ready api={api.origin} control={control.origin}"
    greeting = f"{service.greeting(api.origin).rstrip()}\n\n" if style == "text" else ""
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
