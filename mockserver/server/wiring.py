"""What stands behind both listeners, each part told of the others it has to do with. Nothing runs yet."""

import secrets
import sys
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from mockserver import __version__
from mockserver.messages import Json
from mockserver.server.control import Eavesdropper, Hub, Observer
from mockserver.server.cors import OriginList
from mockserver.server.fault.interference import Interference
from mockserver.server.fault.listening import Listening
from mockserver.server.front import Front
from mockserver.server.guard import Guard
from mockserver.server.host import HostList
from mockserver.server.late import LateApplication
from mockserver.server.listener import Listener
from mockserver.server.log import ExchangeLog
from mockserver.server.plane import Plane
from mockserver.server.prepared import PreparedAnswers
from mockserver.server.renewal import Renewal
from mockserver.server.room import Room, share_files
from mockserver.server.service import Service
from mockserver.server.settings import Settings
from mockserver.server.socket.register import Sockets
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.server.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Parts:
    """What both planes stand on."""

    service: Service
    settings: Settings
    renewal: Renewal
    log: ExchangeLog
    sockets: Sockets
    hub: Hub
    interference: Interference
    listening: Listening
    prepared: PreparedAnswers
    settle: Callable[[], None]
    """Waits until what was written is as safe as was asked for; *raises* `InsufficientStorage`."""


def join_parts(
    service: Service, settings: Settings, renewal: Renewal, *, is_loopback: bool, keeper: "Keeper | None"
) -> Parts:
    """The parts that see to a service; `is_loopback` says that only this machine can reach the API."""
    log = ExchangeLog(settings.log)
    sockets, hub = Sockets(settings.limits, log), Hub()
    sockets.at_stop(hub.close)
    service.heed(sockets.serves)
    service.at_end(lambda instance: sockets.dismiss(instance.name))
    renewal.watch(lambda change: hub.publish("definition", None, lambda: change))
    observer = Observer(hub, service, sockets)
    service.at_end(lambda instance: observer.part(instance.name))
    Eavesdropper(hub, sockets, lambda sandbox: service.look(sandbox).journal.secrets)
    interference = Interference(settings.limits, hears_requests=settings.request_faults or is_loopback)
    sockets.at_stop(interference.holds.stop)
    service.heed(interference.holds.serves)
    listening = Listening(service, sockets, interference)
    settle = _settle_at_once if keeper is None else keeper.settle
    return Parts(service, settings, renewal, log, sockets, hub, interference, listening, PreparedAnswers(), settle)


def build_planes(parts: Parts, api: Listener, control: Listener, open_files: int) -> tuple[Plane, Plane]:
    """That of the API and that of control, neither of them accepting yet; so many files may be open in all."""
    rooms = [Room(most, partial(_warn_full, parts.log)) for most in share_files(open_files)]
    hosts = HostList((*parts.settings.allow_hosts, api.host, control.host))
    origins = parts.settings.origins.with_pages(control.port)
    facts = _facts(parts, api, control)
    planes = _build_api(parts, api, hosts, origins, rooms[0]), _build_control(parts, control, hosts, facts, rooms[1])
    parts.listening.attend(planes[0])
    return planes


def _warn_full(log: ExchangeLog, most: int) -> None:
    log.warn(f"{most} connections are open, and the limit of open files (ulimit -n) allows no more: others wait.")


def _build_api(parts: Parts, listener: Listener, hosts: HostList, origins: OriginList, room: Room) -> Plane:
    service, settings = parts.service, parts.settings
    files = None
    if settings.static is not None:
        from mockserver.server.static import StaticFolder  # noqa: PLC0415 - imports Flask, as `http` below

        files = StaticFolder(settings.static)
    front = Front(
        service,
        origins,
        parts.log,
        parts.sockets,
        interference=parts.interference,
        prepared=parts.prepared,
        files=files,
    )

    def make() -> Any:
        from mockserver.server.http import build_api  # noqa: PLC0415 - see `late`

        return build_api(front, parts.sockets)

    limits = settings.limits
    return Plane(
        listener, LateApplication(make), hosts, limits, lambda: limits.body_bytes + service.upload_bytes, front, room
    )


def _build_control(
    parts: Parts, listener: Listener, hosts: HostList, facts: Callable[[], dict[str, Json]], room: Room
) -> Plane:
    guard, limits = Guard(_choose_token(parts.settings, listener)), parts.settings.limits

    def make() -> Any:
        from mockserver.server.control.app import build_control  # noqa: PLC0415 - see `late`

        return build_control(
            parts.service,
            guard,
            facts,
            parts.log.trace,
            parts.sockets,
            hub=parts.hub,
            renewal=parts.renewal,
            settle=parts.settle,
        )

    return Plane(listener, LateApplication(make), hosts, limits, lambda: limits.body_bytes, room=room)


def _settle_at_once() -> None:
    """What is written lives in memory alone."""


def _facts(parts: Parts, api: Listener, control: Listener) -> Callable[[], dict[str, Json]]:
    """What the process has to say about itself whenever it is asked."""
    started = monotonic()
    return lambda: {
        "version": __version__,
        "api": api.origin,
        "control": control.origin,
        "listener": parts.listening.describe(),
        "held": parts.interference.holds.describe(),
        "uptime_s": round(monotonic() - started, 3),
        "log_lines_dropped": parts.log.dropped,
        "prepared": parts.prepared.describe(),
        "definition": {"problems": parts.renewal.problems},
    }


def _choose_token(settings: Settings, control: Listener) -> str:
    if control.is_loopback:
        return settings.token
    token = settings.token or secrets.token_urlsafe(32)
    asked = "the token it was given" if settings.token else f"a token: {token}"
    sys.stderr.write(f"Others can reach this server. Its API answers everyone; the control plane asks for {asked}\n")
    sys.stderr.flush()
    return token
