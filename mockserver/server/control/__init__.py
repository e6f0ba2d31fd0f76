"""The control plane: the switches of a running server, on a port of their own."""

from mockserver.server.control.app import build_control
from mockserver.server.control.eavesdropper import Eavesdropper
from mockserver.server.control.hub import Hub
from mockserver.server.control.observer import Observer

__all__ = ["Eavesdropper", "Hub", "Observer", "build_control"]
