"""The control plane: the switches of a running server, on a port of their own."""

from mockserver.server.control.app import build_control
from mockserver.server.control.hub import Hub
from mockserver.server.control.observer import Observer

__all__ = ["Hub", "Observer", "build_control"]
