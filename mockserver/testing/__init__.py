"""What tests of front ends hold in their hands: a client of a running server, the server as a process, a pytest plugin.

Stands outside the layers: it knows the server by its two ports alone. Nothing is imported before it is asked for, for
pytest loads the plugin wherever the package is installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.testing.answer import Answer
    from mockserver.testing.client import Client
    from mockserver.testing.error import MockServerError, ServerFailed, ServerGone
    from mockserver.testing.exchange import Decision, Exchange
    from mockserver.testing.fault import Fault, FaultState
    from mockserver.testing.reconnect import Attempt, Loss, Reconnects
    from mockserver.testing.server import Server
    from mockserver.testing.socket import Socket

__all__ = [
    "Answer",
    "Attempt",
    "Client",
    "Decision",
    "Exchange",
    "Fault",
    "FaultState",
    "Loss",
    "MockServerError",
    "Reconnects",
    "Server",
    "ServerFailed",
    "ServerGone",
    "Socket",
]

_HOMES = {
    "Answer": "answer",
    "Attempt": "reconnect",
    "Client": "client",
    "Decision": "exchange",
    "Exchange": "exchange",
    "Fault": "fault",
    "FaultState": "fault",
    "Loss": "reconnect",
    "MockServerError": "error",
    "Reconnects": "reconnect",
    "Server": "server",
    "ServerFailed": "error",
    "ServerGone": "error",
    "Socket": "socket",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
