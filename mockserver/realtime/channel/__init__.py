"""Channels: the sockets and event streams that a definition declares, from their sections to the sessions that run."""
