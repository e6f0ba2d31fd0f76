"""The control plane: the switches of a running server, on a port of their own.

What it stands on is here; `app` has the application itself, which takes long to import.
"""

from mockserver.server.control.eavesdropper import Eavesdropper
from mockserver.server.control.hub import Hub
from mockserver.server.control.observer import Observer

__all__ = ["Eavesdropper", "Hub", "Observer"]
