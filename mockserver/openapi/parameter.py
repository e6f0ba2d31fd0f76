"""The parameters of operations: windows, order, search, what to show, filters by declared type, headers, ids.

A document can't say that two parameters exclude one another, so of those that do one is described, and the others are
named beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.definitions.field import MAX_INTEGER, TypeName
from mockserver.generation.schema import ID, Attribute, Resource
from mockserver.generation.shape import Shape
from mockserver.messages import Json
from mockserver.openapi.component import Schema
from mockserver.openapi.subject import Subject
from mockserver.openapi.value import NO_NUL, plain
from mockserver.query.parameters import is_ignored
from mockserver.query.spelling import Role
from mockserver.value import dataclass

_TEXT: Final[Schema] = {"type": "string", "pattern": NO_NUL}
_OPERATORS: Final[Mapping[TypeName, tuple[str, ...]]] = {
    "integer": ("gte", "lte"), "number": ("gte", "lte"), "date": ("gte", "lte"), "datetime": ("gte", "lte"),
    "string": ("contains",),
}  # fmt: skip
_SAID: Final = {
    "gte": "At least.", "lte": "At most.", "contains": "A part of it, letter case aside.",
    "isnull": "Whether it is null.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameters:
    """Refers to the parameters of one API."""

    subject: Subject

    def of_list(self, resource: Resource) -> list[Schema]:
        """What a list takes."""
        return [
            *(self._shared(one) for one in self._window()),
            *(
                self._own(resource, one)
                for one in (*self._order(resource), *self.show(resource), *self._filters(resource))
            ),
        ]

    def of_item(self, resource: Resource) -> list[Schema]:
        """What a read of one document takes."""
        return [self._own(resource, one) for one in self.show(resource)]

    def of_bulk(self, resource: Resource) -> list[Schema]:
        """What says which documents a write to many is for: an id is enough, other filters work as well."""
        said = "Of these ids; any filter of the list may stand here."
        return [
            _query(self.subject.naming.wire(ID), _several(_filter_value(resource.id.shape)), said, is_required=True)
        ]

    def window(self) -> list[Schema]:
        """What chooses the part of a list that is shown."""
        return [self._shared(one) for one in self._window()][:2]

    def precondition(self) -> list[Schema]:
        """The header that a write to a document must have, where it must.

        Headers that may be left out are told of in the document's own description: what they mean depends on what is
        stored, so that no schema says which values are good.
        """
        return [self._shared(_IF_MATCH)] if self.subject.api.etag == "required" else []

    def path(self, name: str, resource: Resource, example: Json) -> Schema:
        """An id in a path."""
        schema = plain(resource.id.shape)
        if resource.id.shape.type == "string":
            schema |= {"minLength": 1}
        found: Schema = {"name": name, "in": "path", "required": True, "schema": schema}
        return found if example is None else {**found, "example": example}

    def _shared(self, parameter: Schema) -> Schema:
        return self.subject.components.refer("parameters", parameter["name"], parameter["name"], lambda: parameter)

    def _own(self, resource: Resource, parameter: Schema) -> Schema:
        key, wish = (resource.name, parameter["name"]), f"{resource.name}.{_component(parameter['name'])}"
        return self.subject.components.refer("parameters", key, wish, lambda: parameter)

    def _names(self, role: Role) -> str:
        return self.subject.convention.spelling.turning()[role]

    def _window(self) -> Iterator[Schema]:
        spelling, paging = self.subject.convention.spelling, self.subject.convention.paging
        own = set(spelling.names.values())
        by_page = bool(own & {"page", "size"}) and not own & {"limit", "offset"}
        others = ", ".join(f"`{name}`" for name, role in spelling.roles().items() if role in _WINDOW)
        size: Schema = {"type": "integer", "minimum": max(1, spelling.least) if by_page else spelling.least}
        size |= {"maximum": paging.largest} if paging.largest is not None else {"maximum": MAX_INTEGER}
        size |= {"default": paging.default} if paging.default is not None else {}
        yield _query(self._names("size" if by_page else "limit"), size, "How many documents to show at most.")
        place: Schema = {"type": "integer", "minimum": 1 if by_page else 0, "maximum": MAX_INTEGER}
        said = "Which page, counted from 1." if by_page else "How many documents to pass over."
        yield _query(self._names("page" if by_page else "offset"), place, f"{said} Windows go by any of {others}.")
        yield _query(self._names("search"), _TEXT, "A text to look for, letter case aside.")

    def _order(self, resource: Resource) -> Iterator[Schema]:
        names = list(self._readable(resource))
        both = [*names, *(f"-{name}" for name in names)]
        own = [name for name, role in self.subject.convention.spelling.names.items() if role == "sorting"]
        also = f" `{own[0]}=name desc` says it in words." if own else " `sortby` and `order` say it in two."
        said = f"The order, `-` before what descends.{also}"
        yield _query(self._names("sort"), _listed(both), said)

    def show(self, resource: Resource) -> Iterator[Schema]:
        """`fields` and `embed`."""
        names = list(self._readable(resource))
        yield _query(self._names("fields"), _listed(names), "The fields to show; dots lead into what is embedded.")
        relations = [self.subject.naming.wire(name) for name in (*resource.parents, *resource.children)]
        if relations:
            said = "The relations to put in; dots lead on from one to the next."
            yield _query(self._names("embed"), _listed(relations), said)

    def _readable(self, resource: Resource) -> Mapping[str, Attribute]:
        fields = resource.attributes.items()
        return {self.subject.naming.wire(name): one for name, one in fields if not one.rules.write_only}

    def _filters(self, resource: Resource) -> Iterator[Schema]:
        fields, own_id = self._readable(resource), self.subject.naming.wire(ID)
        for wire, attribute in fields.items():
            value = attribute.shape.value
            if value.properties or value.type == "object":
                continue
            schema = _filter_value(value)
            yield _query(self._filter_name(wire), _several(schema), "One of these values.")
            kinds = () if value.choices or value.target or wire == own_id else _OPERATORS.get(value.type, ())
            for operator in kinds:
                yield _query(self._filter_name(wire, operator, fields), schema, _SAID[operator])
            if attribute.rules.nullable:
                yield _query(self._filter_name(wire, "isnull", fields), {"type": "boolean"}, _SAID["isnull"])

    def _filter_name(self, wire: str, operator: str = "", fields: Iterable[str] = ()) -> str:
        """How a filter is asked for where its plain name means something else."""
        name = f"{wire}_{operator}" if operator else wire
        if operator and name in fields:
            name = f"{wire}[{operator}]"
        is_taken = name.casefold() in self.subject.convention.spelling.roles() or is_ignored(name)
        return f"filter[{wire}]{f'[{operator}]' if operator else ''}" if is_taken else name


_WINDOW: Final = ("limit", "offset", "page", "size", "cursor")

_IF_MATCH: Final[Schema] = {
    "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
    "description": "The `ETag` of the document as it was read, or `*`.",
}  # fmt: skip


def _query(name: str, schema: Schema, said: str, *, is_required: bool = False) -> Schema:
    found: Schema = {"name": name, "in": "query", "description": said, "schema": schema}
    if schema.get("type") == "array":
        # Lists of names stand in one value, with commas; values of a filter are repeated, as texts may hold commas.
        found |= {"style": "form", "explode": "x-repeated" in schema}
        found["schema"] = {name: value for name, value in schema.items() if name != "x-repeated"}
    return {**found, "required": True} if is_required else found


def _listed(names: list[str]) -> Schema:
    # An empty name is passed over, so that a form may send its empty field.
    return {"type": "array", "items": {"type": "string", "enum": [*names, ""]}}


def _several(schema: Schema) -> Schema:
    return {"type": "array", "items": schema, "minItems": 1, "x-repeated": True}


def _filter_value(shape: Shape) -> Schema:
    """A value as filters read it."""
    if shape.choices:
        return plain(shape)
    if shape.type in ("string", "uuid", "any", "array"):
        return _TEXT
    return plain(shape)


def _component(name: str) -> str:
    """A name that a part of a document can have."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
