"""Definition files as one tree of plain values that still knows where each of them stands.

Knows YAML, files and how files merge; nothing of what a definition means.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import reduce
from pathlib import Path
from typing import Any, TypeAlias

from mockserver.definitions.database import CONVENTION, SUFFIX, Database, read_database
from mockserver.definitions.node import Content, Entry, Node
from mockserver.definitions.scalar import Step
from mockserver.definitions.textfile import EXTENT, Extent, TextFile, decode_text_file, find_files, read_text_file
from mockserver.errors import DefinitionError, DefinitionProblem, Position
from mockserver.messages import Document
from mockserver.value import dataclass

__all__ = ["EXTENT", "Extent", "Source", "Step", "Where", "parse_source", "read_source"]

Where: TypeAlias = tuple[Step, ...]
"""The steps from the top to a value; none at all is the whole definition."""


@dataclass(frozen=True, slots=True)
class Source:
    """A definition as plain values, with the position of every value and key, and the lines of its files.

    `rows` are documents that are there already, by resource, beside those that `data` has generated.
    What came by an alias stands where its anchor does; the whole stands at the beginning of the first file.
    """

    data: dict[str, Any]
    values: Mapping[Where, Position]
    keys: Mapping[Where, Position]
    files: Mapping[str, Sequence[str]]
    rows: Mapping[str, list[Document]] = field(default_factory=dict)

    def position(self, where: Where, *, key: bool) -> Position:
        """The place of a value, or of its key, as near as there is one.

        Steps that lead nowhere are skipped: a location from pydantic also names the arms of unions it took.
        """
        place = self._nearest(where)
        return self.keys.get(place, self.values[place]) if key else self.values[place]

    def line(self, position: Position) -> str:
        """The text of the line a position is in, empty beyond the end of the file."""
        lines = self.files.get(position.file, ())
        return lines[position.line - 1] if position.line <= len(lines) else ""

    def _nearest(self, where: Where) -> Where:
        # Each step may be taken or skipped. The place that takes most steps is meant; of two that take as many, the
        # one with the later step: in (species, enum, minn) the first `enum` is a union's arm, and `minn` the culprit.
        last_taken: dict[Where, int] = {(): -1}
        for index, step in enumerate(where):
            reached = [(*place, step) for place in last_taken]
            last_taken.update({place: index for place in reached if place in self.values})
        return max(last_taken, key=lambda place: (len(place), last_taken[place]))


def read_source(paths: Sequence[Path], extent: Extent = EXTENT) -> Source:
    """One or more definition files, or folders of them, merged by key in the order given.

    *Raises* `DefinitionError` with every problem of every file.
    """
    gathered = _Gathered(extent)
    for path in paths:
        with gathered.collecting():
            for file in find_files(path):
                with gathered.collecting():
                    gathered.read(file)
    return gathered.finish()


def parse_source(content: bytes | str, name: str, extent: Extent = EXTENT) -> Source:
    """A definition that is at hand; `name` stands for its file in positions. *Raises* `DefinitionError`."""
    # A lone surrogate becomes bytes that are no UTF-8, and is refused as such.
    encoded = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    gathered = _Gathered(extent)
    gathered.add(decode_text_file(encoded, name, extent))
    return gathered.finish()


@dataclass(slots=True)
class _Gathered:
    """What the files read so far have merged to, and what is wrong with them."""

    extent: Extent
    top: dict[Step, Entry] = field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[DefinitionProblem] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keeps the problems of the block, so that what comes after it is read too."""
        try:
            yield
        except DefinitionError as error:
            self.problems += error.problems

    def read(self, path: Path) -> None:
        """Takes in one more file, a definition or a database. *Raises* `DefinitionError` when it can't be read."""
        database = read_database(path) if path.suffix.lower() == SUFFIX else None
        if database is None:
            self.add(read_text_file(path, self.extent))
        else:
            self.databases.append(database)

    def add(self, file: TextFile) -> None:
        """Merges the keys of one more file. *Raises* `DefinitionError` when it can't be read."""
        from mockserver.definitions.reader import read_nodes  # noqa: PLC0415 - of YAML, which a database is not

        self.files[file.name] = file.lines
        self.problems += _merge_top(self.top, read_nodes(file, self.extent).content, self.files)

    def finish(self) -> Source:
        """The whole as plain values. *Raises* `DefinitionError` with all that was collected."""
        if self.problems:
            raise DefinitionError(self.problems)
        begin = Position(next(iter([*self.files, *(one.name for one in self.databases)])), 1, 1)
        return reduce(_joined, self.databases, _expand(Node(begin, self.top), self.files))


def _joined(source: Source, database: Database) -> Source:
    """A definition with the collections of a database among its resources. *Raises* `DefinitionError`."""
    resources = source.data.get("resources") or {}
    api = source.data.get("api") or {}
    if not isinstance(resources, dict) or not isinstance(api, dict):
        return source  # which is found to be wrong by itself
    twice = [("resources", name) for name in resources if name in database.sections]
    if twice:
        places = [source.position(where, key=True) for where in twice]
        raise DefinitionError([
            DefinitionProblem(
                place, ".".join(where), f"'{'.'.join(where)}' is already defined at {database.keys[where]}",
                "keep it in one of the two files", source.line(place),
            )
            for where, place in zip(twice, places, strict=True)
        ])  # fmt: skip
    return Source(
        {
            "name": Path(database.name).name, **source.data,
            "api": {"convention": CONVENTION, **_feed_beside(database), **api},
            "resources": {**resources, **database.sections},
        },
        ChainMap(dict(source.values), database.values),  # type: ignore[arg-type]
        ChainMap(dict(source.keys), database.keys),  # type: ignore[arg-type]
        ChainMap(dict(source.files), database.files),  # type: ignore[arg-type]
        {**source.rows, **database.rows},
    )  # fmt: skip


def _feed_beside(database: Database) -> dict[str, Any]:
    """Another path for the feed where a collection has the usual one."""
    path = "events"
    while path in database.sections:
        path = f"__{path}"
    return {} if path == "events" else {"feed": {"path": f"/{path}"}}


def _merge_top(
    merged: dict[Step, Entry], added: Content, lines: Mapping[str, tuple[str, ...]]
) -> list[DefinitionProblem]:
    """Adds the keys of one more file; a key both have is merged when both hold mappings, else it is a problem."""
    problems: list[DefinitionProblem] = []
    for key, entry in added.items() if isinstance(added, dict) else ():
        if key not in merged:
            # A copy, because a later file adds to it, and an alias may share the node with another key.
            content = entry.node.content
            copied = dict(content) if isinstance(content, dict) else content
            merged[key] = Entry(entry.key_position, Node(entry.node.position, copied))
            continue
        ours, theirs = merged[key].node.content, entry.node.content
        if not isinstance(ours, dict) or not isinstance(theirs, dict):
            problems.append(_refuse_second(str(key), merged[key], entry, lines))
            continue
        for name, inner in theirs.items():
            if name in ours:
                problems.append(_refuse_second(f"{key}.{name}", ours[name], inner, lines))
            ours.setdefault(name, inner)
    return problems


def _refuse_second(path: str, first: Entry, second: Entry, lines: Mapping[str, tuple[str, ...]]) -> DefinitionProblem:
    place = second.key_position
    problem = f"'{path}' is already defined at {first.key_position}"
    return DefinitionProblem(place, path, problem, "keep it in one of the two files", lines[place.file][place.line - 1])


def _expand(root: Node, files: Mapping[str, tuple[str, ...]]) -> Source:
    """Plain values and positions of a tree; whatever an alias shares becomes objects of its own."""
    data: dict[str, Any] = {}
    values: dict[Where, Position] = {(): root.position}
    keys: dict[Where, Position] = {}
    pending: list[tuple[Where, Content, Any]] = [((), root.content, data)]
    while pending:
        where, content, plain = pending.pop()
        for step, node in _list_children(where, content, keys):
            below = (*where, step)
            values[below] = node.position
            value: Any = node.content
            if isinstance(value, dict | list):
                value = {} if isinstance(value, dict) else []
                pending.append((below, node.content, value))
            if isinstance(plain, list):
                plain.append(value)
            else:
                plain[step] = value
    return Source(data, values, keys, files)


def _list_children(where: Where, content: Content, keys: dict[Where, Position]) -> list[tuple[Step, Node]]:
    """The steps below a list or mapping; where they are keys, notes their places."""
    if isinstance(content, list):
        return list(enumerate(content))
    entries = content if isinstance(content, dict) else {}
    keys.update({(*where, step): entry.key_position for step, entry in entries.items()})
    return [(step, entry.node) for step, entry in entries.items()]
