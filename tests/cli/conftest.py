"""The shared server of the listener tests, for the commands that talk to one."""

from tests.server.conftest import server as server  # noqa: PLC0414
