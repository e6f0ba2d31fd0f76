"""TypeScript types of what an API takes and gives: one interface a schema of its document, in the same words."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.openapi.component import Schema
from mockserver.openapi.value import ANYTHING, TELLING

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_KEYWORDS: Final = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}
_FORMATS: Final = {
    "date": "A date, like 2026-01-15.",
    "date-time": "A moment, like 2026-01-15T09:00:00Z.",
    "uuid": "A UUID.",
    "email": "An e-mail address.",
    "uri": "A URI.",
}
_UNKNOWN: Final = "{ [name: string]: unknown }"


def write_types(document: Mapping[str, Any]) -> str:
    """The types as one module, without imports; the same document gives the same text."""
    schemas: Mapping[str, Schema] = document["components"].get("schemas", {})
    parts = {f"#/components/schemas/{name}" for name, schema in schemas.items() if "x-part-of" in schema}
    title = " ".join(document["info"]["title"].split())
    lines = [f"// Types of {title}, written by `mockserver types`."]
    for name, schema in schemas.items():
        if "x-part-of" not in schema:
            lines += ["", *_declaration(name, _Printer(parts), schema)]
    return "\n".join(lines) + "\n"


def _declaration(name: str, printer: "_Printer", schema: Schema) -> Iterator[str]:
    yield from _comment(schema, "")
    if schema.get("type") == "object" and schema.get("properties"):
        yield f"export interface {name} {{"
        yield from printer.members(schema, "  ")
        yield "}"
    else:
        yield f"export type {name} = {printer.type(schema, '')};"


def _comment(schema: Schema, indent: str) -> Iterator[str]:
    """What a schema says of itself, and what its type alone does not show."""
    said = [schema.get("description", ""), _FORMATS.get(schema.get("format", ""), "")]
    text = " ".join(" ".join(said).split()).replace("*/", "*\\/")
    if text:
        yield f"{indent}/** {text} */"


class _Printer:
    """Writes schemas as types; references in `left_out` stand for parts of what stands beside them."""

    def __init__(self, left_out: set[str]) -> None:
        self._left_out = left_out

    def members(self, schema: Schema, indent: str) -> Iterator[str]:
        """The members of an object, a line each; what a body need not hold and nobody reads has none."""
        required = schema.get("required", ())
        for name, member in schema["properties"].items():
            is_read_only = member.get("readOnly", False)
            if is_read_only and name not in required and not TELLING & member.keys():
                continue
            yield from _comment(member, indent)
            called = name if _NAME.fullmatch(name) else _literal(name)
            mark = "" if name in required else "?"
            yield f"{indent}{'readonly ' if is_read_only else ''}{called}{mark}: {self.type(member, indent)};"

    def type(self, schema: Schema, indent: str) -> str:
        """The type of a schema's values."""
        return " | ".join(dict.fromkeys(self._arms(schema, indent))) or "unknown"

    def _arms(self, schema: Schema, indent: str) -> Iterator[str]:
        if "$ref" in schema:
            if schema["$ref"] not in self._left_out:
                yield schema["$ref"].rpartition("/")[2]
        elif "anyOf" in schema:
            for arm in schema["anyOf"]:
                yield from self._arms(arm, indent)
        elif "enum" in schema or "const" in schema:
            yield from map(_literal, schema.get("enum", [schema.get("const")]))
        else:
            kinds = schema.get("type", [])
            for kind in [] if kinds == ANYTHING else kinds if isinstance(kinds, list) else [kinds]:
                yield self._of_kind(kind, schema, indent)

    def _of_kind(self, kind: str, schema: Schema, indent: str) -> str:
        if kind == "array":
            item = self.type(schema.get("items", {}), indent)
            return f"({item})[]" if " | " in item else f"{item}[]"
        if kind == "object" and schema.get("properties"):
            return "\n".join(["{", *self.members(schema, f"{indent}  "), f"{indent}}}"])
        if kind == "object":
            return "{ [name: string]: never }" if schema.get("additionalProperties") is False else _UNKNOWN
        return _KEYWORDS[kind]


def _literal(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Two characters that end a line of JavaScript, and none of JSON.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
