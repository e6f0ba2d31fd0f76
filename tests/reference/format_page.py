"""The page with every key of the format, made of the models: what may stand there, what it is, what it means."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from mockserver.definitions.field import FieldRules
from mockserver.definitions.json_schema import write_schema
from mockserver.server.assemble import definition_model

HEAD: Final = """\
# The format, key by key

<!-- Written by ./scripts/test tests/reference --update-golden: change the code, not this page. -->

What may stand where in a definition. [definition.md](definition.md) tells the same as a story, with examples; editors
have it as completion and hints: `mockserver schema > mockserver.schema.json`, and a first line in the definition that
reads `# yaml-language-server: $schema=./mockserver.schema.json`. A key in **bold** must be given.
"""
FIELDS: Final = "FieldSpec"
RULES: Final = tuple(FieldRules.model_fields)
TOP: Final = "Definition"
MOST_ARMS: Final = 8
"""What has more shapes than that is a field, with a generator each."""

_NAMES: Final = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`"}


def write_page() -> str:
    """The page as it is to be."""
    schema = write_schema(definition_model(), "2020-12")
    parts = schema["$defs"]
    tables = [_table(path, parts.get(name, schema)) for name, path in _walk(schema)]
    return HEAD + "\n" + "\n".join(tables)


def _walk(schema: Any) -> Iterator[tuple[str, str]]:
    """Every part by its name, with the path at which it is first met, those above before those below."""
    parts = schema["$defs"]
    waiting = [(TOP, "")]
    seen = {TOP}
    while waiting:
        name, path = waiting.pop(0)
        yield name, path
        below = []
        for key, value in parts.get(name, schema)["properties"].items():
            for other, step in _references(value, f"{path}.{key}" if path else key):
                if other not in seen:
                    seen.add(other)
                    below.append((other, step))
        waiting = below + waiting


def _references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The parts that a value may be, each with its path: `NAME` stands for a name of one's own."""
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner, path)
    elif isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2], path
        for key, inner in value.items():
            if key in ("additionalProperties", "patternProperties"):
                yield from _references(list(inner.values()) if key[0] == "p" else inner, f"{path}.NAME")
            elif key in ("items", "prefixItems"):
                yield from _references(inner, path if isinstance(inner, list) else f"{path}[]")
            elif key in ("anyOf", "oneOf", "allOf"):
                yield from _references(inner, path)


def _table(path: str, part: Any) -> str:
    """The heading of a part, what it is, and its keys."""
    words = " ".join(re.split(r"\n\s*\n", part.get("description", ""))[0].split())
    title = _title(path, part)
    rows = [
        f"| {_key(key, part)} | {_takes(value)} | {_default(value)} | {_meaning(value)} |"
        for key, value in part["properties"].items()
        if not (_is_field(part) and key in RULES)
    ]
    if _is_field(part):
        words = f"{words} Beside it stand the rules of a field, below."
    table = "\n".join(("| key | takes | unless given | meaning |", "|---|---|---|---|", *rows))
    own = "\n\n".join(filter(None, (f"## {title}", _escape(words), table))) + "\n"
    return f"{own}\n{_rules(part)}" if "faker" in part["properties"] else own


def _rules(part: Any) -> str:
    """What may stand beside any generator, told once."""
    rows = [
        f"| `{key}` | {_takes(value)} | {_default(value)} | {_meaning(value)} |"
        for key, value in part["properties"].items()
        if key in RULES
    ]
    table = "\n".join(("| key | takes | unless given | meaning |", "|---|---|---|---|", *rows))
    return f"## The rules of a field\n\n{_escape(' '.join((FieldRules.__doc__ or '').split()))}\n\n{table}\n"


def _title(path: str, part: Any) -> str:
    """Where a part stands; fields and steps, which stand in one place, by the key that tells them apart."""
    if _is_field(part):
        return f"A field: `{part['required'][0]}`"
    if path.endswith(".do[]"):
        return f"A step of an action: `{next(key for key in part['properties'] if key != 'when')}`"
    return f"`{path}`" if path else "The top"


def _is_field(part: Any) -> bool:
    return bool("on_update" in part["properties"])


def _key(key: str, part: Any) -> str:
    return f"**`{key}`**" if key in part.get("required", ()) else f"`{key}`"


def _takes(value: Any) -> str:
    """What may stand there, in a few words."""
    arms = [one for key in ("anyOf", "oneOf") for one in value.get(key, ())]
    if arms:
        told = list(dict.fromkeys(_takes(one) for one in arms if one.get("type") != "null"))
        return "a field" if len(told) > MOST_ARMS else ", or ".join(told)
    if "$ref" in value:
        return "a mapping"
    choices = value.get("enum", [value["const"]] if "const" in value else None)
    return (
        _takes_of_type(value, value.get("type"))
        if choices is None
        else " ".join(f"`{json.dumps(one)}`" for one in choices)
    )


def _takes_of_type(value: Any, kind: Any) -> str:
    if kind == "array":
        return f"a list of: {_takes(value.get('items', {}))}"
    if kind == "object":
        inner = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
        shaped = next((one for one in inner if isinstance(one, dict) and one), None)
        return f"by name: {_takes(shaped)}" if shaped else "a mapping"
    kinds = kind if isinstance(kind, list) else [kind]
    return ", or ".join(dict.fromkeys(_NAMES.get(one, "any value") for one in kinds if one != "null"))


def _default(value: Any) -> str:
    return f"`{json.dumps(value['default'], ensure_ascii=False)}`" if "default" in value else ""


def _meaning(value: Any) -> str:
    return _escape(value["description"])


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
