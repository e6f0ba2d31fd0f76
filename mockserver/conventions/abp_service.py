"""ABP's service routes, `/api/services/app/Ticket/GetAll`: each means a request to a resource's own route.

Only what is asked is read here, and put as the resource would be asked it; who may ask and what comes of it are not
known here.

*Source* the names and verbs of ABP's conventional controllers (`AsyncCrudAppService`), and what its generated proxies
send: names in any letter case, empty parameters for null, `ids[0]=1` for lists, and POST for everything in older ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias
from urllib.parse import quote

import orjson

from mockserver.conventions.base import Alias
from mockserver.definitions.field import MAX_INTEGER
from mockserver.definitions.model import Verb
from mockserver.definitions.noun import singular
from mockserver.errors import BadRequest, FieldError, Invalid, MethodNotAllowed, UnknownPath, sentence, suggestion
from mockserver.messages import Json, Request, parse_json
from mockserver.value import dataclass

PREFIX: Final = "/api/services/app/"

Pairs: TypeAlias = list[tuple[str, str]]

_INDEX = re.compile(r"\[\d+\]$")


@dataclass(frozen=True, slots=True)
class _Method:
    """One method of a service: the HTTP method it is, and what it does to the resource."""

    name: str
    method: str
    verb: Verb

    def taken(self) -> tuple[str, ...]:
        """The HTTP methods it may be called by."""
        return tuple(dict.fromkeys((self.method, *(("HEAD",) if self.method == "GET" else ()), "POST", "OPTIONS")))


_METHODS: Final = (
    _Method("GetAll", "GET", "list"),
    _Method("Get", "GET", "get"),
    _Method("Create", "POST", "create"),
    _Method("Update", "PUT", "replace"),
    _Method("Delete", "DELETE", "delete"),
)


def _pascal(name: str) -> str:
    """`animal_types` and `animal-types` → `AnimalTypes`."""
    return "".join(step[:1].upper() + step[1:] for step in re.split(r"[_-]+", name))


def service_of(resource: str) -> str:
    """The name of a resource's service: `animal_types` → `AnimalType`."""
    return _pascal(singular(resource.replace("-", "_")))


def service_aliases(resource: str) -> tuple[Alias, ...]:
    """The service routes of a resource."""
    return tuple(Alias(one.method, f"{PREFIX}{service_of(resource)}/{one.name}", one.verb) for one in _METHODS)


def rewrite_service(request: Request, collections: Mapping[str, str]) -> Request:
    """A request to a service route as one to the resource's own; any other request as it is.

    *Raises* `UnknownPath` with the nearest name, `MethodNotAllowed`, and `BadRequest` or `Invalid` for input that can't
    be read.
    """
    if not request.target.lower().startswith(PREFIX):
        return request
    steps = request.segments()
    if len(steps) != 5:
        return request
    path = _path_of(steps[3], request.target, collections)
    method = next((one for one in _METHODS if one.name.casefold() == steps[4].casefold()), None)
    if method is None:
        hint = suggestion(steps[4], [one.name for one in _METHODS])
        said = f"There is nothing at {request.target}: the service has no method '{steps[4]}'; {hint}"
        raise UnknownPath(sentence(said))
    if request.method not in method.taken() or request.method == "OPTIONS":
        allowed = ", ".join(method.taken())
        said = f"{request.method} is not possible on {request.target}: {allowed} are."
        raise MethodNotAllowed(said, headers={"Allow": allowed})
    return _put(request, method, path)


def _path_of(service: str, target: str, collections: Mapping[str, str]) -> str:
    """The path of a service's collection; its plural is understood too, where nothing else is called so."""
    plurals = {_pascal(name): path for name, path in collections.items()}
    services = {service_of(name): path for name, path in collections.items()}
    found = {name.casefold(): path for name, path in {**plurals, **services}.items()}.get(service.casefold())
    if found is None:
        hint = suggestion(service, services)
        said = f"There is nothing at {target}: no service is called '{service}'{hint and f'; {hint}'}"
        raise UnknownPath(sentence(said))
    return found


def _put(request: Request, method: _Method, path: str) -> Request:
    query = [(_INDEX.sub("", name), value) for name, value in request.query if value]
    if method.verb == "create":
        body = request.body if request.body.strip() else b"{}"
        return replace(request, method="POST", target=path, query=tuple(query), body=body)
    # Of a list the ids are a filter.
    key, body = "" if method.verb == "list" else _take_id(query), request.body
    if method.verb == "replace":
        if not key:
            given = _object(request)
            key, body = _id_in(given), orjson.dumps(given)
        return replace(request, method="PUT", target=_below(path, key), query=tuple(query), body=body)
    if request.method == "POST":
        query += _pairs(_object(request))
        key = key or ("" if method.verb == "list" else _take_id(query))
    made = request.method if request.method == "HEAD" else method.method
    target = path if method.verb == "list" else _below(path, key)
    return replace(request, method=made, target=target, query=tuple(query), body=b"")


def _below(path: str, key: str) -> str:
    if not key:
        raise BadRequest("The parameter 'id' is required.", [FieldError("is required", parameter="id")])
    return f"{path}/{quote(key, safe='')}"


def _object(request: Request) -> dict[str, Json]:
    """The input in a body, none where it is empty; an id by its plain name. *Raises* `BadRequest`, `Invalid`."""
    if not request.body.strip():
        return {}
    value = parse_json(request.body, "The body")
    if not isinstance(value, dict):
        raise Invalid("The body must be the input, which is a JSON object.", [FieldError("must be an object")])
    return {"id" if name.casefold() == "id" else name: inner for name, inner in value.items()}


def _id_in(body: Mapping[str, Json]) -> str:
    key = body.get("id")
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    if key is not None and (isinstance(key, bool) or not isinstance(key, int | str)):
        raise Invalid("The id must be a number or a text.", [FieldError("must be a number or a text", "/id")])
    return "" if key is None else str(key)


def _take_id(query: Pairs) -> str:
    """The id among parameters, which is taken out of them. *Raises* `BadRequest` when there are several."""
    found = [pair for pair in query if pair[0].casefold() == "id"]
    if len(found) > 1:
        raise BadRequest("The parameter 'id' is given twice.", [FieldError("is given twice", parameter="id")])
    for pair in found:
        query.remove(pair)
        return pair[1]
    return ""


def _pairs(body: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """An input in a body as the parameters it would be in a query."""
    for name, value in body.items():
        inner: Sequence[Json] = value if isinstance(value, list) else [value]
        for one in inner:
            if isinstance(one, dict | list) or (one is None and inner is value):
                detail = "must be a value or a list of values"
                raise Invalid(f"The input '{name}' {detail}.", [FieldError(detail, f"/{name}")])
            if one is not None and one != "":
                yield name, one if isinstance(one, str) else _text(one)


def _text(value: Json) -> str:
    """A value as a query has it; `5.0` is an integer in JSON too."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER
    return orjson.dumps(int(value) if whole else value).decode()  # type: ignore[arg-type] # a float, then
