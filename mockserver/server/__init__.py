"""Listeners: sockets, HTTP, the control plane, and the life of the process. Wall clock and threads live here only."""
