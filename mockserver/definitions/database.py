"""A plain JSON file of collections as a definition: every list of objects a resource, every object a single document.

The rows are those of the file, untouched but for ids they lack. Knows nothing of how definitions are checked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import orjson

from mockserver.definitions.inference import ID, column_types, infer_fields
from mockserver.definitions.json_text import find_value, refuse_at
from mockserver.definitions.model import MAX_FILE_ROWS
from mockserver.definitions.scalar import Step
from mockserver.definitions.textfile import TextFile, decode_text, read_bytes
from mockserver.errors import DefinitionError, DefinitionProblem, Position
from mockserver.messages import Document
from mockserver.value import dataclass

SUFFIX: Final = ".json"
LIMIT_BYTES: Final = 256 * 1024 * 1024
CONVENTION: Final = "json-server"
_PROBLEMS_SHOWN: Final = 20
_DEEPEST: Final = 200
"""So deep may a file nest: an answer adds a little, and 254 levels can be written."""
_IGNORED: Final = "$schema"
_NESTING: Final = frozenset((dict, list))
_SPELLING: Final = "texts and keys stand in double quotes, commas between values alone, and there are no comments"
_HINT: Final = "every key holds a list of objects, or one object"
_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object",
    type(None): "null",
}  # fmt: skip

K = TypeVar("K")
V = TypeVar("V")
Where = tuple[Step, ...]


class Late(Mapping[K, V], Generic[K, V]):
    """A mapping that is made when it is first asked for."""

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True, slots=True)
class Database:
    """What a file holds: sections as `resources:` would have them, rows by resource, and where they stand."""

    name: str
    sections: Mapping[str, dict[str, Any]]
    rows: Mapping[str, list[Document]]
    values: Mapping[Where, Position]
    keys: Mapping[Where, Position]
    files: Mapping[str, Sequence[str]]


def read_database(path: Path) -> Database | None:
    """The collections of a file; nothing for one that is a definition written in JSON. *Raises* `DefinitionError`."""
    hint = "leave rows out, or generate them: a definition's `count` makes as many as you like"
    content = read_bytes(path, LIMIT_BYTES, "the file is larger than 256 MiB", hint)
    data = _parse(content, str(path))
    return None if _is_definition(data) else _Reading(content, str(path)).read(data)


def _is_definition(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    return isinstance(data.get("resources"), dict) or ("mock" in data and not isinstance(data["mock"], list | dict))


def _parse(content: bytes, name: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        file = decode_text(content, name)
        if file.text.startswith("\ufeff"):
            problem = file.refuse(1, 1, "the file begins with a byte order mark (BOM)", "save it as UTF-8 without BOM")
        else:
            said = error.msg.split(": line")[0]
            problem = refuse_at(file, error.pos, f"this is not JSON: {said}", _SPELLING)
        raise DefinitionError([problem]) from None


class _Reading:
    """One file being looked through, with what is wrong in it; its text is decoded only to say where."""

    def __init__(self, content: bytes, name: str) -> None:
        self._content = content
        self._name = name
        self._problems: list[DefinitionProblem] = []

    @cached_property
    def _file(self) -> TextFile:
        return decode_text(self._content, self._name)

    def read(self, data: Any) -> Database:
        if not isinstance(data, dict):
            self._note((), f"the file is {_KINDS[type(data)]}, not an object of collections", _HINT)
        found = {name: value for name, value in data.items() if name != _IGNORED} if isinstance(data, dict) else {}
        rows: dict[str, list[Document]] = {}
        sections: dict[str, dict[str, Any]] = {}
        deep: dict[str, Any] = {}
        lists = [name for name, value in found.items() if isinstance(value, list)]
        for name, value in found.items():
            if isinstance(value, list):
                rows[name] = self._rows(name, value)
                columns = column_types(rows[name])
                sections[name] = {"count": 0, "fields": infer_fields(columns, lists)}
                if not _NESTING.isdisjoint(chain.from_iterable(columns.values())):
                    deep[name] = value
            elif isinstance(value, dict):
                deep[name] = value
                rows[name], sections[name] = self._single(name, value)
            else:
                self._note((name,), f"'{name}' is {_KINDS[type(value)]}, which can't be served", _HINT)
        self._check_depth(deep)
        if self._problems:
            raise DefinitionError(self._problems[:_PROBLEMS_SHOWN])
        return self._located(sections, rows)

    def _located(self, sections: Mapping[str, dict[str, Any]], rows: Mapping[str, list[Document]]) -> Database:
        def places(is_key: int) -> dict[Where, Position]:
            found: dict[Where, Position] = {("resources",): Position(self._name, 1, 1)}
            return found | {("resources", name): self._place((name,))[is_key] for name in sections}

        keys, values = Late(lambda: places(0)), Late(lambda: places(1))
        return Database(self._name, sections, rows, values, keys, Late(lambda: {self._name: self._file.lines}))

    def _place(self, where: Where) -> tuple[Position, Position]:
        key, value = find_value(self._file.text, where)
        return refuse_at(self._file, key, "", "").position, refuse_at(self._file, value, "", "").position

    def _note(self, where: Where, problem: str, hint: str) -> None:
        if len(self._problems) < _PROBLEMS_SHOWN:
            place = find_value(self._file.text, where)[1]
            self._problems.append(refuse_at(self._file, place, problem, hint, ".".join(map(str, where))))

    def _rows(self, name: str, rows: list[Any]) -> list[Document]:
        """The rows of a collection, each with an id."""
        if len(rows) > MAX_FILE_ROWS:
            problem = f"'{name}' has {len(rows):,} rows, and {MAX_FILE_ROWS:,} are the most"
            self._note((name,), problem, "leave some out")
            return []
        if set(map(type, rows)) - {dict}:
            for place, row in enumerate(rows):
                if not isinstance(row, dict):
                    self._note((name, place), f"'{name}' holds {_KINDS[type(row)]} where an object should be", _HINT)
            return []
        ids = _ids(rows)
        kinds = set(map(type, ids))
        if kinds - {int, str, type(None)}:
            for place, key in enumerate(ids):
                if type(key) not in (int, str, type(None)):
                    self._note((name, place, ID), f"an id can't be {_KINDS[type(key)]}", "a whole number or a text")
            return []
        self._check_taken(name, ids, kinds)
        return _numbered(rows, ids) if type(None) in kinds else rows

    def _check_taken(self, name: str, ids: list[Any], kinds: set[type]) -> None:
        """Note ids that two rows have: in a path `1` and `"1"` are one."""
        keys = list(map(str, ids)) if {int, str} <= kinds else ids
        if len(set(keys)) == len(keys):
            return
        first: dict[Any, int] = {}
        for place, key in enumerate(keys):
            if ids[place] is not None and first.setdefault(key, place) != place:
                line = self._place((name, first[key], ID))[1].line
                self._note(
                    (name, place, ID), f"the id {ids[place]} is taken by the row in line {line}", "give it another"
                )

    def _single(self, name: str, document: Document) -> tuple[list[Document], dict[str, Any]]:
        """One document. What it lacks to be kept as others are is an id, which is never shown then."""
        fields = infer_fields(column_types([document]), ())
        if document.get(ID) is None:
            fields[ID] = {"seq": 1, "write_only": True}
            document = {ID: 1} | document | {ID: 1}
        elif type(document[ID]) not in (int, str):
            self._note((name, ID), f"an id can't be {_KINDS[type(document[ID])]}", "a whole number or a text")
        return [document], {"singleton": True, "fields": fields}

    def _check_depth(self, found: Mapping[str, Any]) -> None:
        """What can't be written can't be served; `found` are those that nest at all."""
        if _is_writable(found):
            return
        for name, value in found.items():
            for place, row in enumerate(value) if isinstance(value, list) else ():
                if not _is_writable(row):
                    self._note((name, place), f"the nesting is deeper than {_DEEPEST} levels", "flatten it")
            if isinstance(value, dict) and not _is_writable(value):
                self._note((name,), f"the nesting is deeper than {_DEEPEST} levels", "flatten it")


def _ids(rows: list[Document]) -> list[Any]:
    """The id of each row, null where it has none."""
    try:
        return list(map(itemgetter(ID), rows))
    except KeyError:
        return [row.get(ID) for row in rows]


def _numbered(rows: list[Document], ids: list[Any]) -> list[Document]:
    """The rows with ids for those that have none: numbers from the highest on, in their order."""
    taken = {str(key) for key in ids}
    number = max((key for key in ids if type(key) is int), default=0)
    whole: list[Document] = []
    for row, key in zip(rows, ids, strict=True):
        if key is None:
            number += 1
            while str(number) in taken:
                number += 1
            whole.append({ID: number} | row | {ID: number})
        else:
            whole.append(row)
    return whole


def _is_writable(value: Any) -> bool:
    for _ in range(254 - _DEEPEST):
        value = [value]
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return True
