"""The shared servers of the listener tests, for the commands that talk to one."""

from tests.server.conftest import pets as pets  # noqa: PLC0414
from tests.server.conftest import pets_server as pets_server  # noqa: PLC0414
from tests.server.conftest import server as server  # noqa: PLC0414
