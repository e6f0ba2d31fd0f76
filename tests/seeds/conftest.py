"""The three shipped definitions, served for the tests of the documents they come from."""

from tests.live import linkis as linkis  # noqa: PLC0414
from tests.live import linkis_server as linkis_server  # noqa: PLC0414
from tests.live import tickets as tickets  # noqa: PLC0414
from tests.live import tickets_server as tickets_server  # noqa: PLC0414
from tests.live import zoo as zoo  # noqa: PLC0414
from tests.live import zoo_server as zoo_server  # noqa: PLC0414
