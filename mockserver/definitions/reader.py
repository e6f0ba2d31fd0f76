"""YAML text to nodes: from parser events, without recursion, and within bounds on depth, aliases and size.

What aliases would grow to is counted, not built. Knows nothing of what keys mean.
"""

from typing import Any

import yaml

from mockserver.definitions.node import Content, Entry, Node, merge_bases
from mockserver.definitions.scalar import Step, UnfitScalar, check_text, resolve_key, resolve_scalar
from mockserver.definitions.syntax import explain_syntax
from mockserver.definitions.textfile import Extent, TextFile
from mockserver.errors import LIMIT_PROBLEMS, DefinitionError, DefinitionProblem, Position, suggestion
from mockserver.value import dataclass

LIMIT_DEPTH = 50
NODES_MIB = 200_000
"""How many values there may be for each MiB that a file may have, and in any case."""

# The C parser is some thirty times as fast; a PyYAML built without libyaml has none.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being read; between a key and its value, `key_position` is set.

    `key` is nothing when the key could not be taken: the value is then read for its problems and dropped.
    """

    node: Node
    nodes_before: int
    key_position: Position | None = None
    key: Step | None = None
    merging: bool = False
    bases: list[Node] | None = None

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.node.content, dict) and self.key_position is None


class _Stopped(Exception):
    """Reading on would be unbounded, or would only repeat what was said."""


def read_nodes(file: TextFile, extent: Extent) -> Node:
    """The mapping a file holds.

    *Raises* `DefinitionError` with every problem, up to the first that makes the rest unreadable.
    """
    reader = _Reader(file, extent)
    try:
        for event in yaml.parse(file.text, Loader=_LOADER):
            reader.take(event)
        reader.finish()
    except yaml.YAMLError as error:
        reader.problems.append(explain_syntax(error, file))
    except (ValueError, OverflowError) as error:
        # Only the Python parser does this: it converts an escape beyond Unicode without a look.
        reader.problems.append(file.refuse(1, 1, f"an escape sequence is not a character: {error}", "remove it"))
    except _Stopped:
        pass
    if reader.problems or reader.root is None:
        raise DefinitionError(reader.problems)
    return reader.root


class _Reader:
    """The state of reading one file: what is open, what is anchored, what was counted."""

    def __init__(self, file: TextFile, extent: Extent) -> None:
        self._most_aliases = extent.aliases
        self._most_nodes = NODES_MIB * max(1, extent.size_bytes // 1024**2)
        self.problems: list[DefinitionProblem] = []
        self.root: Node | None = None
        self._file = file
        self._open: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._aliases = 0
        self._nodes = 0

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._take_scalar(event)
            case yaml.MappingStartEvent():
                self._begin(event, {})
            case yaml.SequenceStartEvent():
                self._begin(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
            case yaml.AliasEvent():
                self._take_alias(event)
            case yaml.DocumentStartEvent() if self.root is not None:
                hint = "keep one definition in a file; a folder of files is read as one"
                self._stop(self._at(event), "a second YAML document begins here", hint)

    def finish(self) -> None:
        """Checks that the top of the file can be a definition."""
        hint = "begin with `mock: 1` and `resources:`"
        content = self.root.content if self.root else None
        if self.root is None or content is None:
            self._complain(Position(self._file.name, 1, 1), "the definition is empty", hint)
        elif not isinstance(content, dict):
            found = "a list" if isinstance(content, list) else "a single value"
            self._complain(self.root.position, f"the definition is {found}, not a mapping of keys", hint)
        else:
            for key, entry in content.items():
                if not isinstance(key, str):
                    self._complain(entry.key_position, f"the top-level key {key} is a number", hint)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        position = self._at(event)
        self._count(1, position)
        self._refuse_tag(event, position)
        plain = event.implicit[0]
        if self._open and self._open[-1].awaits_key:
            self._take_key(self._open[-1], event.value, position, plain=plain)
            return
        try:
            content = resolve_scalar(event.value) if plain else check_text(event.value)
        except UnfitScalar as error:
            self._complain(position, error.problem, error.hint)
            content = None
        node = Node(position, content)
        self._anchor(event, node)
        self._attach(node)

    def _take_key(self, frame: _Frame, text: str, position: Position, *, plain: bool) -> None:
        frame.key_position, frame.key, frame.merging = position, None, plain and text == "<<"
        if frame.merging:
            if frame.bases is not None:
                self._complain(position, "'<<' is given twice", "name all in one list: `<<: [*one, *two]`")
            return
        try:
            key = resolve_key(text) if plain else check_text(text)
        except UnfitScalar as error:
            self._complain(position, error.problem, error.hint)
            return
        entries = frame.node.content
        if isinstance(entries, dict) and key in entries:
            first = entries[key].key_position.line
            self._complain(position, f"'{key}' is given twice, first in line {first}", "keep one of them", key)
            return
        frame.key = key

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        position, name = self._at(event), str(event.anchor)
        self._aliases += 1
        if self._aliases > self._most_aliases:
            hint = "write the values out, or give `serve` and `check` another --limit aliases="
            self._stop(position, f"there are more than {self._most_aliases} aliases", hint)
        target = self._anchors.get(name)
        if target is None:
            hint = suggestion(name, self._anchors) or f"put quotes round the value if '*{name}' is text"
            self._complain(position, f"there is no anchor '&{name}' before this alias", hint)
            target = Node(position, {})
        elif target.size == 0:
            self._stop(position, f"the alias '*{name}' is inside of what it stands for", "write the value out")
        self._count(target.size, position)
        self._check_depth(len(self._open) + target.height, position)
        self._attach(target, position)

    def _begin(self, event: Any, content: Content) -> None:
        position = self._at(event)
        self._count(1, position)
        self._check_depth(len(self._open) + 1, position)
        self._refuse_tag(event, position)
        node = Node(position, content, size=0, height=1)
        self._anchor(event, node)
        self._open.append(_Frame(node, self._nodes - 1))

    def _end(self) -> None:
        frame = self._open.pop()
        node = frame.node
        node.size = self._nodes - frame.nodes_before
        if frame.bases and isinstance(node.content, dict):
            node.content = merge_bases(frame.bases, node.content)
        self._attach(node)

    def _attach(self, node: Node, position: Position | None = None) -> None:
        """Puts a finished node where it belongs; `position` is that of the alias it came by."""
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        frame.node.height = max(frame.node.height, node.height + 1)
        content = frame.node.content
        if isinstance(content, list):
            content.append(node)
        elif frame.key_position is None:
            frame.key_position = position or node.position
            problem = "a key can't be a list, a mapping or an alias"
            self._complain(frame.key_position, problem, "put quotes round a value that begins with '{', '[' or '*'")
        elif isinstance(content, dict):
            self._end_entry(frame, content, frame.key_position, node)

    def _end_entry(self, frame: _Frame, entries: dict[Step, Entry], key_position: Position, node: Node) -> None:
        if frame.merging:
            frame.bases = node.content if isinstance(node.content, list) else [node]
            if not all(isinstance(base.content, dict) for base in frame.bases):
                frame.bases = []
                self._complain(key_position, "'<<' takes a mapping or a list of mappings", "name an alias: `<<: *base`")
        elif frame.key is not None:
            entries[frame.key] = Entry(key_position, node)
        frame.key_position, frame.key, frame.merging = None, None, False

    def _anchor(self, event: Any, node: Node) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _refuse_tag(self, event: Any, position: Position) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._complain(position, f"the tag '{tag}' is not read here", "remove it; text is written in quotes")

    def _count(self, nodes: int, position: Position) -> None:
        self._nodes += nodes
        if self._nodes > self._most_nodes:
            problem = f"the definition grows beyond {self._most_nodes:,} values, aliases written out"
            self._stop(position, problem, "let `count` make rows instead of listing them")

    def _check_depth(self, depth: int, position: Position) -> None:
        if depth > LIMIT_DEPTH:
            self._stop(position, f"the nesting is deeper than {LIMIT_DEPTH} levels", "flatten it")

    def _at(self, event: Any) -> Position:
        mark = event.start_mark
        return Position(self._file.name, mark.line + 1, mark.column + 1)

    def _path(self) -> list[Step]:
        steps: list[Step | None] = []
        for frame in self._open:
            content = frame.node.content
            steps.append(len(content) if isinstance(content, list) else frame.key)
        return [step for step in steps if step is not None]

    def _complain(self, position: Position, problem: str, hint: str, key: Step | None = None) -> None:
        path = ".".join(str(step) for step in [*self._path(), *([] if key is None else [key])])
        self.problems.append(self._file.refuse(position.line, position.column, problem, hint, path))
        if len(self.problems) >= LIMIT_PROBLEMS:
            raise _Stopped

    def _stop(self, position: Position, problem: str, hint: str) -> None:
        self._complain(position, problem, hint)
        raise _Stopped
