"""Runs the real listeners in a process of their own, around the fixture service: `python entry.py '{"port": 0}'`."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from mockserver.server.cors import OriginList  # noqa: E402
from mockserver.server.limits import Limits  # noqa: E402
from mockserver.server.listener import open_listener  # noqa: E402
from mockserver.server.renewal import Renewal  # noqa: E402
from mockserver.server.run import run  # noqa: E402
from mockserver.server.settings import Settings  # noqa: E402
from tests.server.fixture_service import FixtureService  # noqa: E402


def main(options: dict[str, Any]) -> int:
    host = options.get("host", "localhost")
    api = open_listener(host, options.get("port", 0))
    control = open_listener(host, options.get("control_port", 0), "--control-port")
    settings = Settings(
        allow_hosts=tuple(options.get("allow_hosts", ())),
        origins=OriginList(options.get("allow_origins", ())),
        token=options.get("token", ""),
        log=options.get("log", "text"),
        limits=Limits(**options.get("limits", {})),
    )
    service = FixtureService()
    return run(service, (api, control), settings, Renewal(service.load))


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
