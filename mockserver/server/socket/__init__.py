"""Connections that stay open: the WebSocket protocol on the wire, and the register of what is open."""
