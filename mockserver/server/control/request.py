"""The endpoints of what a sandbox was asked: the journal, looked through and counted.

How exchanges are looked for is `sandbox.expectation`'s business; here is how that is spelled in a query and in a body.
"""

from typing import Final

from flask import Response, request

from mockserver.errors import BadRequest, FieldError, NotFound, PayloadTooLarge, sentence
from mockserver.messages import Json
from mockserver.sandbox.expectation import NAMES_LIMIT, NEAREST, Expectation, Unclear, read_expectation
from mockserver.server.control.exchange import escape, read_object, write_json, write_nothing
from mockserver.server.control.operation import (
    ANYTHING,
    COUNT,
    FILLED,
    FLAG,
    NUMBER,
    SANDBOX,
    TEXT,
    Operation,
    Parameter,
    Rows,
    Schema,
    Shape,
    answer,
)
from mockserver.server.control.query import given_query
from mockserver.server.control.route import Routes
from mockserver.server.control.target import instance_of
from mockserver.server.service import Service

_LIMIT_BYTES: Final = 64 * 1024
"""Of an expectation: it is compared with a thousand exchanges at once."""
_ANY: Final = "*"
_NUMBERS: Final = frozenset({"since", "until"})
_NAMED: Final = {"query": "query", "header": "headers"}
"""What stands before the dot in a parameter, and the key of an expectation that it is."""

_PAIRS: Final = {"type": "array", "items": {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}}
_DECISION: Final = Shape(
    "Decision",
    {
        "fault": TEXT, "n": COUNT, "draw": NUMBER, "fired": FLAG,
        "rule": {**COUNT, "description": "Its place in the fault, where it is not the first (0)."},
    },
    optional=frozenset({"rule"}),
)  # fmt: skip
_EXCHANGE: Final = Shape(
    "Exchange",
    {
        "number": COUNT, "sandbox": TEXT, "at": NUMBER, "method": TEXT, "target": TEXT, "query": _PAIRS,
        "headers": {"type": "object", "additionalProperties": TEXT}, "body": TEXT,
        "status": {**COUNT, "description": "0 where nothing was answered."}, "reply_headers": _PAIRS,
        "decided_by": TEXT, "faults": Rows(_DECISION), "duration_ms": NUMBER, "request_bytes": COUNT,
        "reply_bytes": COUNT,
    },
)  # fmt: skip
_VALUE: Final[Schema] = {"type": ["string", "number", "boolean"]}
_VALUES: Final[Schema] = {"type": "array", "items": {"type": ["string", "number"]}}
_BY_NAME: Final[Schema] = {"type": "object", "maxProperties": NAMES_LIMIT}
_PATH: Final[Schema] = {"type": "string", "pattern": r"^(/(\*|[^*?#/]*))*/(\*{0,2}|[^*?#/]*)$"}
_STATUS: Final = {"oneOf": [{**COUNT, "maximum": 999}, {"type": "string", "pattern": "^[1-9][xX]{2}$"}]}
_EXPECTATION: Final = Shape(
    "Expectation",
    {
        "method": FILLED,
        "path": {**_PATH, "description": "`*` is one step, `**` at the end any more; without a sandbox's prefix."},
        "query": {
            **_BY_NAME,
            "additionalProperties": {"anyOf": [_VALUE, _VALUES]},
            "description": "A value, all values in a list, `true` for any, `false` for none.",
        },
        "headers": {
            **_BY_NAME,
            "additionalProperties": _VALUE,
            "description": "A value, `true` for any, `false` for none.",
        },
        "body": {"description": "JSON that is contained in the body, or a text that is."},
        "status": _STATUS,
        "fault": {**FILLED, "description": "One that acted."},
        "since": {**COUNT, "description": "Only exchanges after this number."},
        "until": {**COUNT, "description": "Only exchanges up to this number."},
    },
    optional=frozenset({"method", "path", "query", "headers", "body", "status", "fault", "since", "until"}),
)
_DIFFERENCE: Final = Shape(
    "Difference",
    {"criterion": TEXT, "expected": ANYTHING, "found": ANYTHING, "note": TEXT},
    optional=frozenset({"note"}),
)
_NEAR: Final = Shape(
    "NearMiss", {"number": COUNT, "method": TEXT, "path": TEXT, "status": COUNT, "differences": Rows(_DIFFERENCE)}
)
_COUNTED: Final = Shape("RequestCount", {"count": COUNT, "near": Rows(_NEAR)})

_FILTERS: Final = (
    Parameter("method", "In any letter case.", FILLED),
    Parameter("path", "`*` is one step, `**` at the end any more; without a sandbox's prefix.", _PATH),
    Parameter("query.*", "`query.limit=2`; several are all values in order, `*` is any.", TEXT, many=True),
    Parameter("header.*", "`header.accept=text/html`; `*` is any.", TEXT),
    Parameter("body", "A text in the body.", TEXT),
    Parameter(
        "status",
        "A status, a class like `5xx`, or 0 where nothing was answered.",
        {"type": "string", "pattern": "^([0-9]{1,3}|[1-9][xX]{2})$"},
    ),
    Parameter("fault", "One that acted.", FILLED),
    Parameter("since", "Only exchanges after this number.", COUNT),
    Parameter("until", "Only exchanges up to this number.", COUNT),
    Parameter("limit", "Only so many, the latest.", {"type": "integer", "minimum": 1}),
)


def add_requests(routes: Routes, service: Service) -> None:
    """`/api/requests`; nothing here begins a sandbox: one that there is not has been asked nothing."""

    @routes.on(
        "GET",
        "/api/requests",
        Operation("List exchanges", answer("The oldest first.", Rows(_EXCHANGE)), (*_FILTERS, SANDBOX)),
    )
    def show() -> Response:
        expectation, limit = _read_filters()
        return write_json([entry.to_json() for entry in expectation.find(instance_of(service).journal)[-limit:]])

    @routes.on("DELETE", "/api/requests", Operation("Forget all exchanges", answer("They are forgotten.")))
    def clear() -> Response:
        instance_of(service).journal.clear()
        return write_nothing()

    @routes.on(
        "GET", "/api/requests/<int:number>", Operation("Show one exchange", answer("It.", _EXCHANGE), problems=(404,))
    )
    def show_one(number: int) -> Response:
        try:
            return write_json(instance_of(service).journal.get(number).to_json())
        except LookupError as error:
            raise NotFound(sentence(str(error)).capitalize()) from None

    _add_expectations(routes, service)


def _add_expectations(routes: Routes, service: Service) -> None:
    """What takes an expectation as its body: the query can't say what JSON holds."""

    @routes.on(
        "POST",
        "/api/requests/search",
        Operation("Find exchanges", answer("Those as expected, the oldest first.", Rows(_EXCHANGE)), body=_EXPECTATION),
    )
    def search() -> Response:
        return write_json([entry.to_json() for entry in _read_expectation().find(instance_of(service).journal)])

    @routes.on(
        "POST",
        "/api/requests/count",
        Operation(
            "Count exchanges",
            answer(f"How many are as expected; where none is, up to {NEAREST} that come nearest.", _COUNTED),
            body=_EXPECTATION,
        ),
    )
    def count() -> Response:
        return write_json(_read_expectation().count(instance_of(service).journal).to_json())


def _read_expectation() -> Expectation:
    """The expectation in the body. *Raises* `Problem`."""
    if len(request.get_data()) > _LIMIT_BYTES:
        raise PayloadTooLarge(f"An expectation is at most {_LIMIT_BYTES} bytes long.")
    try:
        return read_expectation(read_object())
    except Unclear as error:
        pointer = "".join(f"/{escape(step)}" for step in error.where)
        raise _refuse(error, ".".join(error.where), FieldError(error.detail, pointer=pointer)) from None


def _read_filters() -> tuple[Expectation, int]:
    """The expectation in the query, and how many are asked for; none at all is all there are. *Raises* `BadRequest`."""
    given: dict[str, Json] = {}
    limit = 0
    for name, value in given_query():
        if name == "limit":
            limit = _read_limit(value)
        elif name != SANDBOX.name:
            _add_filter(given, name, value)
    try:
        return read_expectation(given), limit
    except Unclear as error:
        name = ".".join(error.where).replace("headers.", "header.", 1)
        raise _refuse(error, name, FieldError(error.detail, parameter=name)) from None


def _add_filter(given: dict[str, Json], name: str, value: str) -> None:
    """Put a parameter of the query where an expectation has it."""
    key, _, inner = name.partition(".")
    if not inner:
        given[name] = _read_value(name, value)
        return
    named = given.setdefault(_NAMED[key], {})
    assert isinstance(named, dict)  # noqa: S101 - it was made here
    before = named.get(inner)
    if before is None:
        named[inner] = True if value == _ANY else value
    else:
        named[inner] = [*(before if isinstance(before, list) else [before]), value]


def _read_value(name: str, value: str) -> Json:
    """Numbers as numbers, where an expectation wants one; what is none is for it to refuse."""
    is_number = value.isascii() and value.isdecimal() and len(value) <= len(str(2**63))
    return int(value) if is_number and (name in _NUMBERS or name == "status") else value


def _read_limit(text: str) -> int:
    limit = _read_value("since", text)
    if not isinstance(limit, int) or limit < 1:
        raise BadRequest("'limit' must be a number above 0.", [FieldError("must be above 0", parameter="limit")])
    return limit


def _refuse(error: Unclear, name: str, where: FieldError) -> BadRequest:
    advice = f"; {error.advice}" if error.advice else ""
    return BadRequest(sentence(f"'{name}' {error.detail}{advice}"), [where])
