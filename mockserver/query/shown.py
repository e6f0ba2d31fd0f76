"""Reads what to show: `fields=id,customer.name` and `embed=customer,messages.author`."""

from typing import TypeAlias

from mockserver.errors import suggestion
from mockserver.query.embed import MAX_DEPTH
from mockserver.query.parameters import Parameters
from mockserver.query.paths import Paths

Fields: TypeAlias = tuple[str, ...]
Ways: TypeAlias = tuple[tuple[str, ...], ...]


def read_shown(parameters: Parameters, paths: Paths) -> tuple[Fields, Ways]:
    """The fields to show, none meaning all, and the ways of relations to embed; each holds what the other needs."""
    fields = _fields(parameters, paths)
    ways = dict.fromkeys(_ways(parameters, paths))
    if not fields:
        return (), tuple(ways)
    roots = {path.split(".")[0] for path in fields}
    shown = (*fields, *dict.fromkeys(way[0] for way in ways if way[0] not in roots))
    for path in fields:
        way = _relations_of(path, paths)
        if way:
            ways[way] = None
    return shown, tuple(ways)


def _fields(parameters: Parameters, paths: Paths) -> dict[str, None]:
    chosen: dict[str, None] = {}
    for parameter, wire in parameters.names("fields"):
        path = paths.field(wire) or paths.related(wire)
        if path is None:
            parameters.fail(parameter, f"has no field '{wire}'{paths.hint(wire)}")
        elif path.count(".") > MAX_DEPTH:
            parameters.fail(parameter, f"goes deeper than {MAX_DEPTH} steps")
        else:
            chosen[path] = None
    return chosen


def _relations_of(path: str, paths: Paths) -> tuple[str, ...]:
    """The relations that a path to show goes through, none for a field of the resource itself."""
    steps = tuple(path.split("."))
    if steps[0] in paths.resource.attributes:
        return ()
    return next((steps[:n] for n in range(len(steps), 0, -1) if paths.is_way(steps[:n])), ())


def _ways(parameters: Parameters, paths: Paths) -> list[tuple[str, ...]]:
    ways: list[tuple[str, ...]] = []
    for parameter, wire in parameters.names("embed"):
        way = paths.way(wire.split("."))
        stray = paths.strays_at(way)
        if stray is not None and paths.resource.lenient:
            continue
        if stray is not None:
            place, known = stray
            hint = suggestion(way[place], known) or "it has no relations"
            parameters.fail(parameter, f"has no relation '{wire}'; {hint}")
        elif len(way) > MAX_DEPTH:
            parameters.fail(parameter, f"goes deeper than {MAX_DEPTH} relations")
        else:
            ways.append(way)
    return ways
