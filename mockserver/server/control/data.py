"""The endpoints of a sandbox's documents: what there is, what has changed since it was seeded, and writing to it.

What a document may be is `sandbox.plain`'s business; here is how that is asked over HTTP.
"""

from typing import Final
from urllib.parse import quote

from flask import Response
from werkzeug.routing import BaseConverter, Map

from mockserver.errors import BadRequest, FieldError
from mockserver.sandbox.plain.desk import PAGE_BYTES, Row, Written
from mockserver.sandbox.plain.reader import PAGE
from mockserver.server.control.condition import IF_MATCH, IF_NONE_MATCH, is_known, tagged, verify_conditions
from mockserver.server.control.exchange import located, read_object, write_json, write_nothing
from mockserver.server.control.operation import (
    ANYTHING,
    COUNT,
    FLAG,
    MAYBE_TEXT,
    SANDBOX,
    TEXT,
    TEXTS,
    Answer,
    Operation,
    Parameter,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.query import ANY_NAME, given_query
from mockserver.server.control.route import Routes
from mockserver.server.control.target import affect, instance_of
from mockserver.server.service import Instance, Service

_ALL: Final = "/api/data/<resource>"
_ONE: Final = "/api/data/<resource>/<key:key>"
_CHANGED: Final = "changed"

_FIELD: Final = Shape(
    "DataField",
    {
        "name": TEXT,
        "type": TEXT,
        "required": FLAG,
        "nullable": FLAG,
        "may_miss": {**FLAG, "description": "Whether documents may be without it."},
        "read_only": {**FLAG, "description": "Whether it can't be set, computed fields included."},
        "write_only": {**FLAG, "description": "Whether it is never shown."},
        "immutable": FLAG,
        "unique": FLAG,
        "computed": FLAG,
        "has_default": FLAG,
        "enum": {"type": ["array", "null"], "items": ANYTHING},
        "ref": {**MAYBE_TEXT, "description": "The resource whose id it holds."},
        "many": {**FLAG, "description": "Whether it holds several such ids."},
        "content": {"enum": ["file", "picture", None]},
    },
    open=True,
    describe="Its rules beside these (`min`, `pattern`, …), the `properties` of an object, the `item` of a list.",
)
_DRIFT: Final = Shape("DataDrift", {"created": COUNT, "updated": COUNT, "deleted": COUNT})
_RESOURCE: Final = Shape(
    "DataResource",
    {
        "name": TEXT,
        "describe": MAYBE_TEXT,
        "path": {**TEXT, "description": "Where the API has it."},
        "count": COUNT,
        "changed": _DRIFT,
        "key": {**TEXT, "description": "The field a document is known by."},
        "singleton": FLAG,
        "open": {**FLAG, "description": "Whether documents may hold anything."},
        "delete": {"enum": ["hard", "soft", "gone"]},
        "methods": {"type": ["array", "null"], "items": TEXT},
        "states": {"type": ["object", "null"]},
        "referring": Rows(Shape("DataReference", {"resource": TEXT, "field": TEXT})),
        "page_max": {"type": ["integer", "null"], "description": "The API's largest page."},
        "fields": Rows(_FIELD),
    },
)
_MEMBERS: Final = {
    "key": {**TEXT, "description": "Its id, as text."},
    "url": {**TEXT, "description": "Where the API has it."},
    "changed": {"enum": ["created", "updated", None], "description": "Since the file or the scenario began."},
    "differs": {**TEXTS, "description": "The fields that are not as seeded."},
    "document": {"type": "object"},
}
_ROW: Final = Shape("DataRow", _MEMBERS)
_LINK: Final = Shape(
    "DataLink", {"field": TEXT, "resource": TEXT, "key": TEXT, "url": TEXT, "found": FLAG}
)  # fmt: skip
_NAMED: Final = Shape("DataKey", {"key": TEXT, "url": TEXT})
_REFERRED: Final = Shape(
    "DataReferred", {"resource": TEXT, "field": TEXT, "total": COUNT, "rows": Rows(_NAMED), "url": MAYBE_TEXT}
)
_RELATED: Final = Shape("DataRelated", {"refers": Rows(_LINK), "referred": Rows(_REFERRED)})
_WHOLE: Final = Shape(
    "DataDocument",
    {
        **_MEMBERS,
        "seeded": {"type": ["object", "null"], "description": "What it was, where it is not so any more."},
        "related": _RELATED,
    },
)
_PAGE: Final = Shape(
    "DataPage",
    {
        "total": COUNT,
        "rows": Rows(_ROW),
        "url": {**MAYBE_TEXT, "description": "Where the API has just these; null where no one request gets them."},
    },
)
_BODY: Final = {"type": "object", "description": "In the definition's own names."}

_QUERY: Final = (
    Parameter("limit", f"How many; {PAGE.default} without it.", {**COUNT, "maximum": PAGE.largest}),
    Parameter("offset", "How many are passed over.", COUNT),
    Parameter("sort", "`-weight_kg,name`", TEXT),
    Parameter("q", "A text in the fields that are searched.", TEXT),
    Parameter(_CHANGED, "Only those that are not as seeded.", {"const": "1"}),
    Parameter(ANY_NAME, "A filter: `species=lion`, `weight_kg[gte]=3`, `filter[limit]=3`.", TEXT, many=True),
    SANDBOX,
)
_TAG: Final = {"ETag": "Of the document."}
_SHOWN: Final = answer("As it is.", _WHOLE, **_TAG)
_NOT_MODIFIED: Final = {304: Answer("It is as `If-None-Match` says.", headers=_TAG)}
_CHANGED_TO: Final = answer("As it is now.", _ROW, **_TAG)
_MADE: Final = {201: Answer("It was made.", _ROW, {**_TAG, "Location": "Where it is here."})}
_CHANGING: Final = (IF_MATCH, IF_NONE_MATCH, SANDBOX)
_PROBLEMS: Final = (404, 409, 410, 412, 422)


class _Key(BaseConverter):
    """The rest of a path, slashes included: an id may be any text."""

    regex = r"[\s\S]+"
    part_isolating = False

    def __init__(self, map: Map) -> None:  # noqa: A002 - the library's own name
        super().__init__(map)


def add_data(routes: Routes, service: Service) -> None:
    """`/api/data`; no user, fault or convention of the API has a part in it."""
    routes.app.url_map.converters["key"] = _Key

    @routes.on("GET", "/api/data", Operation("List the resources", answer("In the file's order.", Rows(_RESOURCE))))
    def show_all() -> Response:
        return write_json(instance_of(service).plain.describe())

    told = f"A page; one of more than {PAGE_BYTES // 1024**2} MiB ends early."

    @routes.on("GET", _ALL, Operation("List documents", answer(told, _PAGE), _QUERY, problems=(404,)))
    def show(resource: str) -> Response:
        pairs = [pair for pair in given_query() if pair[0] not in (SANDBOX.name, _CHANGED)]
        only_changed = _wants_changed()
        return write_json(instance_of(service).plain.list(resource, pairs, only_changed=only_changed))

    @routes.on("POST", _ALL, Operation("Make a document", _MADE, body=_BODY, problems=(404, 409, 422)))
    def create(resource: str) -> Response:
        body = read_object()
        return affect(service, lambda instance: _write(resource, instance.plain.create(resource, body)))

    _add_one(routes, service)


def _add_one(routes: Routes, service: Service) -> None:
    """The endpoints of one document."""

    @routes.on(
        "GET",
        _ONE,
        Operation("Show a document", {**_SHOWN, **_NOT_MODIFIED}, (IF_NONE_MATCH, SANDBOX), None, (404, 410)),
    )
    def show(resource: str, key: str) -> Response:
        row, more = instance_of(service).plain.get(resource, key)
        if is_known(row.tag):
            return tagged(write_nothing(304), row.tag)
        return tagged(write_json({**row.to_json(), **more}), row.tag)

    @routes.on(
        "PUT", _ONE, Operation("Replace a document", {**_CHANGED_TO, **_MADE}, _CHANGING, _BODY, _PROBLEMS)
    )  # fmt: skip
    def replace(resource: str, key: str) -> Response:
        body = read_object()

        def effect(instance: Instance) -> Response:
            return _write(resource, instance.plain.replace(resource, key, body, verify_conditions))

        return affect(service, effect)

    @routes.on("PATCH", _ONE, Operation("Change a document", _CHANGED_TO, _CHANGING, _BODY, _PROBLEMS))
    def update(resource: str, key: str) -> Response:
        patch = read_object()

        def effect(instance: Instance) -> Response:
            return _write(resource, instance.plain.update(resource, key, patch, verify_conditions))

        return affect(service, effect)

    @routes.on(
        "DELETE", _ONE, Operation("Delete a document", answer("It is gone."), _CHANGING, None, (404, 409, 410, 412))
    )
    def delete(resource: str, key: str) -> Response:
        affect(service, lambda instance: instance.plain.delete(resource, key, verify_conditions))
        return write_nothing()


def _wants_changed() -> bool:
    """Whether only those are asked for that are not as seeded. *Raises* `BadRequest`."""
    given = dict(given_query()).get(_CHANGED)
    if given not in (None, "1"):
        detail = "must be 1, or left out"
        raise BadRequest(f"The parameter '{_CHANGED}' {detail}.", [FieldError(detail, parameter=_CHANGED)])
    return given is not None


def _write(resource: str, written: Written) -> Response:
    response = _tagged(written.row)
    return located(response, _path(resource, written.row.key)) if written.is_new else response


def _tagged(row: Row) -> Response:
    return tagged(write_json(row.to_json()), row.tag)


def _path(resource: str, key: str) -> str:
    return f"/api/data/{resource}/{quote(key, safe='')}"
