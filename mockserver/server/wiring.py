"""What stands behind both listeners, each part told of the others it has to do with. Nothing runs yet."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from mockserver import __version__
from mockserver.messages import Json
from mockserver.server.control import Eavesdropper, Hub, Observer, build_control
from mockserver.server.cors import OriginList
from mockserver.server.fault.interference import Interference
from mockserver.server.fault.listening import Listening
from mockserver.server.guard import Guard
from mockserver.server.host import HostList
from mockserver.server.http import build_api
from mockserver.server.listener import Listener
from mockserver.server.log import ExchangeLog
from mockserver.server.plane import Plane
from mockserver.server.renewal import Renewal
from mockserver.server.service import Service
from mockserver.server.settings import Settings
from mockserver.server.socket.register import Sockets
from mockserver.server.static import StaticFolder


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


def join_parts(service: Service, settings: Settings, renewal: Renewal, *, is_loopback: bool) -> Parts:
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
    return Parts(service, settings, renewal, log, sockets, hub, interference, listening)


def build_planes(parts: Parts, api: Listener, control: Listener) -> tuple[Plane, Plane]:
    """That of the API and that of control, neither of them accepting yet."""
    hosts = HostList((*parts.settings.allow_hosts, api.host, control.host))
    origins = parts.settings.origins.with_pages(control.port)
    planes = _build_api(parts, api, hosts, origins), _build_control(parts, control, hosts, _facts(parts, api, control))
    parts.listening.attend(planes[0])
    return planes


def _build_api(parts: Parts, listener: Listener, hosts: HostList, origins: OriginList) -> Plane:
    service, settings = parts.service, parts.settings
    files = None if settings.static is None else StaticFolder(settings.static)
    app = build_api(service, origins, parts.log, parts.sockets, interference=parts.interference, files=files)
    limits = settings.limits
    return Plane(listener, app, hosts, limits, lambda: limits.body_bytes + service.upload_bytes)


def _build_control(parts: Parts, listener: Listener, hosts: HostList, facts: Callable[[], dict[str, Json]]) -> Plane:
    guard, limits = Guard(_choose_token(parts.settings, listener)), parts.settings.limits
    app = build_control(
        parts.service, guard, facts, parts.log.trace, parts.sockets, hub=parts.hub, renewal=parts.renewal
    )
    return Plane(listener, app, hosts, limits, lambda: limits.body_bytes)


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
        "definition": {"problems": parts.renewal.problems},
    }


def _choose_token(settings: Settings, control: Listener) -> str:
    if settings.token or control.is_loopback:
        return settings.token
    token = secrets.token_urlsafe(32)
    sys.stderr.write(f"Others can reach the control plane, so it asks for a token: {token}\n")
    sys.stderr.flush()
    return token
