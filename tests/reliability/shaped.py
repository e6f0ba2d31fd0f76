"""Definitions that have the shape of the format, drawn from its own JSON Schema, with one value in them wrong.

What a text means is not in the schema, so many are wrong in more than that. The same number is the same definition.
"""

import json
from random import Random
from typing import Any, Final

from mockserver.definitions.json_schema import write_schema
from mockserver.server.assemble.composition import definition_model
from tests.reliability.mutant import WRONG, Mutant, find_places

_TEXTS: Final = (
    "a", "b", "id", "name", "GET /a", "ANY *", "WS *", "/x", "now", "-30d", "2s", "2026-01-15", "word", "${now}",
    "${id}",
    "5MiB", "text/plain", "X-A", "100ms", "POST /x/:id", "bearer", "id == 1", "rest",
)  # fmt: skip
_DEEPEST: Final = 9


def shape(seed: int, schema: dict[str, Any]) -> Mutant:
    """The definition of that number."""
    random = Random(f"shaped {seed}")
    tree = _Drawing(schema, random).draw(schema, 0)
    tree["mock"] = 1
    tree.setdefault("resources", {})
    tree["resources"] = {name: tree["resources"].get(name, {}) for name in ("a", "b")} | tree["resources"]
    holder, key = random.choice(find_places(tree))
    holder[key] = random.choice(WRONG)
    content = json.dumps(tree, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Mutant(f"shaped ({seed})", content)


def whole_schema() -> dict[str, Any]:
    """The schema of the format."""
    return write_schema(definition_model(), "2020-12")


class _Drawing:
    def __init__(self, schema: dict[str, Any], random: Random) -> None:
        self._defs = schema.get("$defs", {})
        self._random = random

    def draw(self, schema: Any, depth: int) -> Any:
        """A value that this part of the schema takes."""
        if not isinstance(schema, dict):
            return 1
        if "$ref" in schema:
            return self.draw(self._defs[schema["$ref"].rpartition("/")[2]], depth)
        for word in ("anyOf", "oneOf", "allOf"):
            if word in schema:
                return self.draw(self._random.choice(schema[word]), depth)
        if "enum" in schema or "const" in schema:
            return self._random.choice(schema.get("enum", [schema.get("const")]))
        kind = schema.get("type", "string")
        kind = self._random.choice(kind) if isinstance(kind, list) else kind
        return getattr(self, f"_draw_{kind}", self._draw_string)(schema, depth)

    def _draw_object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        known, needed = schema.get("properties", {}), schema.get("required", [])
        share = 0.35 if depth < _DEEPEST else 0.0
        found = {
            name: self.draw(inner, depth + 1)
            for name, inner in known.items()
            if name in needed or self._random.random() < share
        }
        inner = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), None)
        names = self._random.sample(("a", "b", "id", "name"), self._random.randint(1, 3)) if inner else ()
        return found | {name: self.draw(inner, depth + 1) for name in names if depth < _DEEPEST}

    def _draw_array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = max(least, 0 if depth >= _DEEPEST else min(2, schema.get("maxItems", 2)))
        return [self.draw(schema.get("items", {}), depth + 1) for _ in range(self._random.randint(least, most))]

    def _draw_integer(self, schema: dict[str, Any], depth: int) -> int:
        del depth
        least = schema.get("minimum", 0)
        return self._random.randint(least, min(schema.get("maximum", least + 20), least + 20))

    def _draw_number(self, schema: dict[str, Any], depth: int) -> float:
        del depth
        return self._random.uniform(schema.get("minimum", 0), min(schema.get("maximum", 1), 1))

    def _draw_boolean(self, schema: dict[str, Any], depth: int) -> bool:
        del schema, depth
        return self._random.random() < 0.5

    def _draw_null(self, schema: dict[str, Any], depth: int) -> None:
        del schema, depth

    def _draw_string(self, schema: dict[str, Any], depth: int) -> str:
        del schema, depth
        return self._random.choice(_TEXTS)
