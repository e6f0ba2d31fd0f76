"""`mockserver serve` with what it has no options for: `python -m tests.reliability.entry OPTIONS`, a JSON object.

`path` is the definition, `limits` are other ones than are shipped, `log` as on the command line. SIGUSR1 has it tell
how many greenlets there are; SIGUSR2 sets its wall clock, first a day forward, then a day back. No test may set the
machine's, so it is Python's that is replaced, before anything can take hold of it: all that we know of the time of day
comes from there, and the loop's timers go by the monotonic clock.
"""

import datetime
import time

DAY_S = 86_400.0


class Wall:
    """The time of day, which somebody sets."""

    real = time.time
    offset_s = 0.0

    @classmethod
    def turn(cls) -> None:
        cls.offset_s = -DAY_S if cls.offset_s > 0 else DAY_S

    @classmethod
    def time(cls) -> float:
        return cls.real() + cls.offset_s


class Moment(datetime.datetime):
    """A date and time whose `now` is that of the wall."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "Moment":
        return cls.fromtimestamp(Wall.time(), tz)


time.time = Wall.time
time.time_ns = lambda: int(Wall.time() * 1e9)
datetime.datetime = Moment  # type: ignore[misc] # for whoever imports it from here on

from gevent import monkey  # noqa: E402

monkey.patch_all(ssl=False)

import gc  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from greenlet import greenlet  # type: ignore[import-untyped] # noqa: E402

from mockserver.definitions.source import Source, read_source  # noqa: E402
from mockserver.server.assemble import AssembledService, prepare  # noqa: E402
from mockserver.server.limits import Limits  # noqa: E402
from mockserver.server.listener import open_listener  # noqa: E402
from mockserver.server.renewal import Loaded, Renewal  # noqa: E402
from mockserver.server.run import run  # noqa: E402
from mockserver.server.settings import Settings  # noqa: E402


def main(options: dict[str, Any]) -> int:
    signal.signal(signal.SIGUSR1, lambda *_: tell_greenlets())
    signal.signal(signal.SIGUSR2, lambda *_: Wall.turn())
    listeners = open_listener("localhost", 0), open_listener("localhost", 0, "--control-port")
    service = AssembledService(prepare(read_source([Path(options["path"])])))

    def load(source: Source) -> Loaded:
        staged = service.stage(prepare(source))
        return Loaded(staged.difference, partial(service.take_over, staged))

    settings = Settings(log=options.get("log", "quiet"), limits=Limits(**options.get("limits", {})))
    return run(service, listeners, settings, Renewal(load))


def tell_greenlets() -> None:
    alive = sum(isinstance(one, greenlet) and not one.dead for one in gc.get_objects())
    os.write(1, b"%d\n" % alive)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
