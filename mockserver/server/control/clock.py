"""The endpoints of a sandbox's clock."""

from typing import Final

from flask import Response

from mockserver.messages import Json
from mockserver.server.control.exchange import read_object, write_json
from mockserver.server.control.operation import FLAG, INSTANT, Operation, Schema, Shape, answer
from mockserver.server.control.route import Routes
from mockserver.server.control.target import affect, instance_of
from mockserver.server.service import Instance, Service
from mockserver.server.timekeeping import FIRST, LAST, change_time, tell_time

_TIME: Final = Shape("Time", {"now": INSTANT, "frozen": FLAG})
_MOMENT: Final[Schema] = {**INSTANT, "pattern": f"^[{FIRST.year // 1000}-{LAST.year // 1000 - 1}]"}
_CHANGE: Final = Shape(
    "ClockChange",
    {
        "advance": {
            "type": "string",
            "pattern": r"^([0-9]{1,7}(\.[0-9]{1,3})?(ms|s|m|h)|[0-9]{1,4}d)$",
            "description": "A duration: `250ms`, `2s`, `1h`.",
        },
        "freeze": {
            "description": "`true`, the moment to stand still at, or `false` to go on.",
            "anyOf": [FLAG, _MOMENT],
        },
        "set": {**_MOMENT, "description": "Another time, from which it goes on."},
        "real": {"const": True, "description": "The time of day."},
    },
    optional=frozenset({"advance", "freeze", "set", "real"}),
    describe="One of them.",
    least=1,
    most=1,
)


def add_clock(routes: Routes, service: Service) -> None:
    """`/api/clock`."""

    @routes.on("GET", "/api/clock", Operation("Read the clock", answer("What it shows.", _TIME)))
    def tell() -> Response:
        return write_json(tell_time(instance_of(service).clock))

    @routes.on("PUT", "/api/clock", Operation("Move the clock", answer("What it shows now.", _TIME), body=_CHANGE))
    def change() -> Response:
        wanted = read_object()
        return write_json(affect(service, lambda instance: _move(instance, wanted)))


def _move(instance: Instance, wanted: dict[str, Json]) -> Json:
    change_time(instance.clock, wanted)
    # At once: whoever moved it relies on what was due having happened.
    instance.advance()
    return tell_time(instance.clock)
