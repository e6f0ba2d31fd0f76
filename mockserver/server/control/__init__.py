"""The control plane: the switches of a running server, on a port of their own."""

from mockserver.server.control.app import build_control

__all__ = ["build_control"]
