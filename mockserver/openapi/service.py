"""The further addresses that a convention gives to a resource's routes: what is in a path there is an input here.

*Source* `conventions.base.Alias`; each may be called by POST as well, with its input in the body.
"""

from collections.abc import Iterator
from typing import Final

from mockserver.conventions.base import Alias
from mockserver.definitions.field import MAX_INTEGER
from mockserver.generation.schema import ID, Resource
from mockserver.openapi.component import Schema
from mockserver.openapi.extra import Operation
from mockserver.openapi.operation import Operations
from mockserver.openapi.path import Path
from mockserver.openapi.value import NO_NUL, plain
from mockserver.value import dataclass

_JSON: Final = "application/json"
_EMPTY: Final[Schema] = {"type": "string", "maxLength": 0}
_TEXT: Final[Schema] = {"type": "string", "pattern": NO_NUL}


@dataclass(frozen=True, slots=True)
class Services:
    """Makes the operations of aliases."""

    operations: Operations

    def all(self, aliases: Iterator[tuple[Alias, Resource]], collections: dict[str, Path]) -> Iterator[Operation]:
        """Every operation; `collections` are the resources' own paths."""
        for alias, resource in aliases:
            for method in dict.fromkeys((alias.method, "POST")):
                yield Operation(alias.path, method, self._operation(alias, method, collections[resource.name]))

    def _operation(self, alias: Alias, method: str, collection: Path) -> Schema:
        subject = self.operations.subject
        is_whole = alias.verb in ("list", "create")
        path = collection if is_whole else collection.document(subject.naming)
        own = next(one for one in path.methods() if path.route.verb(one) == alias.verb)
        found = self.operations.operation(path, own)
        name = "".join(alias.path.rsplit("/", 2)[-2:])
        taken = "" if method == alias.method else "ByPost"
        found["operationId"] = subject_id = self.operations.ids.other((alias.path, method), f"{name}{taken}")
        found["summary"] = f"{found['summary']}, as {subject_id} is called by the family's own clients"
        inputs = [] if is_whole else [self._key(path)]
        if alias.verb == "replace":
            return self._with_key(found, path)
        if is_whole:
            found["parameters"] = [_emptiable(self._resolve(one)) for one in found["parameters"]]
        if method == alias.method:
            return {**found, "parameters": [*inputs, *found["parameters"]]}
        return self._by_post(found, inputs)

    def _key(self, path: Path) -> Schema:
        schema = plain(path.resource.id.shape)
        return {"name": self.operations.subject.naming.wire(ID), "in": "query", "required": True, "schema": schema}

    def _with_key(self, found: Schema, path: Path) -> Schema:
        """A replacement says in its body what it replaces."""
        subject, wire = self.operations.subject, self.operations.subject.naming.wire(ID)
        name = f"{subject.type_name(path.resource)}Update"

        def make() -> Schema:
            reference = self.operations.models.replace(path.resource)["$ref"].rpartition("/")[2]
            whole = subject.components.found["schemas"][reference]
            properties = {**whole["properties"], wire: plain(path.resource.id.shape)}
            return {**whole, "properties": properties, "required": [wire, *whole.get("required", [])]}

        schema = subject.components.schema((path.resource.name, "update"), name, make)
        content = {"schema": schema}
        example = found["requestBody"]["content"][_JSON].get("example")
        key = subject.examples.keys([path.resource])[0]
        if example is not None:
            content["example"] = {wire: key, **example}
        return {**found, "requestBody": {"required": True, "content": {_JSON: content}}}

    def _by_post(self, found: Schema, inputs: list[Schema]) -> Schema:
        """Parameters as the members of a body."""
        described = [self._resolve(one) for one in found["parameters"]]
        members = [*inputs, *(one for one in described if one["in"] == "query")]
        required = [one["name"] for one in members if one.get("required")]
        schema: Schema = {"type": "object", "properties": {one["name"]: _in_body(one) for one in members}}
        schema |= {"additionalProperties": False, **({"required": required} if required else {})}
        body = {"required": bool(required), "content": {_JSON: {"schema": schema}}}
        headers = [one for one in found["parameters"] if self._resolve(one)["in"] == "header"]
        return {**found, "parameters": headers, "requestBody": body}

    def _resolve(self, parameter: Schema) -> Schema:
        if "$ref" not in parameter:
            return parameter
        return self.operations.subject.components.found["parameters"][parameter["$ref"].rpartition("/")[2]]


def _emptiable(parameter: Schema) -> Schema:
    """A parameter that the family's clients send empty where they mean nothing by it."""
    schema = parameter["schema"]
    if parameter["in"] != "query" or schema.get("type") == "array" or schema == _TEXT:
        return parameter
    return {**parameter, "schema": {"anyOf": [schema, _EMPTY]}}


def _in_body(member: Schema) -> Schema:
    """An input as a body may hold it: as JSON, as the text that a query has, or, where it may be left out, null."""
    arms = list(member["schema"].get("anyOf", [member["schema"]]))
    if arms[0].get("type") == "array":
        # None is as good as none given.
        arms[0] = {name: value for name, value in arms[0].items() if name != "minItems" or member.get("required")}
        arms.append(arms[0]["items"])
    arms += [text for one in arms for text in _texts_of(one)]
    if not member.get("required"):
        arms += [_EMPTY, {"type": "null"}]
    return {"anyOf": [one for place, one in enumerate(arms) if one not in arms[:place]]}


def _texts_of(schema: Schema) -> Iterator[Schema]:
    """What a query would have of a number or a truth; not where bounds are closer than a pattern tells."""
    if schema.get("type") == "boolean":
        yield {"enum": ["true", "false", "1", "0", 1, 0]}
    if schema.get("type") == "integer" and schema.get("maximum") == MAX_INTEGER:
        least = schema["minimum"]
        yield {
            "type": "string",
            "pattern": "^[1-9][0-9]{0,14}$" if least > 0 else f"^{'-?' * (least < 0)}[0-9]{{1,15}}$",
        }
    if schema.get("type") == "number":
        yield {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"}


def collections_of(paths: Iterator[Path]) -> dict[str, Path]:
    """The path of each resource's own collection."""
    return {path.resource.name: path for path in paths if len(path.chain) == 1 and path.route.is_collection}
