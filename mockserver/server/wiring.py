"""What stands behind both listeners, each part told of the others it has to do with. Nothing runs yet."""

import secrets
import sys
from collections.abc import Callable
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


def build_planes(parts: Parts, api: Listener, control: Listener) -> tuple[Plane, Plane]:
    """That of the API and that of control, neither of them accepting yet."""
    hosts = HostList((*parts.settings.allow_hosts, api.host, control.host))
    origins = parts.settings.origins.with_pages(control.port)
    planes = _build_api(parts, api, hosts, origins), _build_control(parts, control, hosts, _facts(parts, api, control))
    parts.listening.attend(planes[0])
    return planes


def _build_api(parts: Parts, listener: Listener, hosts: HostList, origins: OriginList) -> Plane:
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
        listener, LateApplication(make), hosts, limits, lambda: limits.body_bytes + service.upload_bytes, front
    )


def _build_control(parts: Parts, listener: Listener, hosts: HostList, facts: Callable[[], dict[str, Json]]) -> Plane:
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

    return Plane(listener, LateApplication(make), hosts, limits, lambda: limits.body_bytes)


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
    if settings.token or control.is_loopback:
        return settings.token
    token = secrets.token_urlsafe(32)
    sys.stderr.write(f"Others can reach the control plane, so it asks for a token: {token}\n")
    sys.stderr.flush()
    return token
