"""The `mockserver` command in a process that tells, at SIGUSR2, what it holds: `python -m … FD serve …`.

One line of JSON to the descriptor FD: how many greenlets there are, and how many objects of each type.
"""

import gc
import json
import os
import signal
import sys
from collections import Counter
from types import FrameType

import gevent


def _tell(descriptor: int) -> None:
    # The class of them all, gevent's own kind and others.
    greenlet = gevent.Greenlet.__mro__[1]
    held = gc.get_objects()
    types = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in held)
    greenlets = sum(isinstance(one, greenlet) and not one.dead for one in held)
    os.write(descriptor, json.dumps({"greenlets": greenlets, "types": types}).encode() + b"\n")


def main() -> None:
    descriptor = int(sys.argv.pop(1))

    def tell(number: int, frame: FrameType | None) -> None:
        del number, frame
        _tell(descriptor)

    signal.signal(signal.SIGUSR2, tell)
    from mockserver.cli import main as command  # noqa: PLC0415 - it patches the process first

    command()


if __name__ == "__main__":
    main()
