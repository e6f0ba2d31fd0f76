"""The endpoints of the whole: is it up, what is served, back to the file, a word on the feed."""

from collections.abc import Callable
from typing import Final

from flask import Response

from mockserver.definitions.name import LABEL
from mockserver.errors import BadRequest, FieldError
from mockserver.messages import Json
from mockserver.sandbox.sandbox import PARTS
from mockserver.server.control.exchange import read_object, write_json, wrong_member
from mockserver.server.control.operation import ANYTHING, MAYBE_TEXT, TEXT, TEXTS, Operation, Shape, answer
from mockserver.server.control.route import Routes
from mockserver.server.control.target import affect, instance_of
from mockserver.server.publication import read_publication
from mockserver.server.service import Service

_UP: Final = Shape("Health", {"status": {"const": "ok"}})
_STATUS: Final = Shape(
    "Status",
    {
        "name": TEXT,
        "api": TEXT,
        "control": TEXT,
        "sandbox": TEXT,
        "scenario": MAYBE_TEXT,
        "faults": TEXTS,
        "prefixes": TEXTS,
    },
    open=True,
)
_PARTS: Final = {"type": "array", "items": {"enum": [*PARTS]}}
_RESET: Final = Shape("Reset", {"what": _PARTS}, optional=frozenset({"what"}))
_DONE: Final = Shape("ResetDone", {"reset": _PARTS})
_EVENT: Final = Shape(
    "Publication",
    {"topic": {**TEXT, "pattern": f"^{LABEL}$"}, "data": ANYTHING, "method": TEXT},
    optional=frozenset({"data", "method"}),
)
_PUBLISHED: Final = Shape("Published", {"id": TEXT})


def add_state(routes: Routes, service: Service, facts: Callable[[], dict[str, Json]]) -> None:
    """`/health`, `/api/status`, `/api/reset`, `/api/events`."""

    @routes.on("GET", "/health", Operation("Whether it is up", answer("It is.", _UP)))
    def health() -> Response:
        return write_json({"status": "ok"})

    @routes.on("GET", "/api/status", Operation("What is served", answer("Process, definition and data.", _STATUS)))
    def status() -> Response:
        instance = instance_of(service)
        on: list[Json] = [state.name for state in instance.faults if state.enabled]
        about: dict[str, Json] = {"sandbox": instance.name, "scenario": instance.scenario, "faults": on}
        about["prefixes"] = [*instance.served.prefixes]
        return write_json({**facts(), **about, **instance.status()})

    @routes.on("POST", "/api/reset", Operation("Back to the file", answer("What was put back.", _DONE), body=_RESET))
    def reset() -> Response:
        parts = read_parts(read_object(["what"]))
        affect(service, lambda instance: instance.reset(parts))
        return write_json({"reset": list(dict.fromkeys(parts or PARTS))})

    @routes.on("POST", "/api/events", Operation("Publish an event", answer("Its id.", _PUBLISHED), body=_EVENT))
    def publish() -> Response:
        wanted = read_publication(read_object())
        return write_json({"id": affect(service, lambda instance: instance.publish(*wanted))})


def read_parts(body: dict[str, Json]) -> tuple[str, ...]:
    """What is to be put back; nothing named means all. *Raises* `BadRequest`."""
    what = body.get("what", [])
    if not isinstance(what, list):
        raise wrong_member("what", "must be a list")
    for index, part in enumerate(what):
        if part not in PARTS:
            detail = f"must be one of {', '.join(PARTS)}"
            raise BadRequest(f"'what' {detail}.", [FieldError(detail, pointer=f"/what/{index}")])
    return tuple(str(part) for part in what)
