"""`states`: which value a field may begin with, and where it may go from there."""

from collections.abc import Mapping

from mockserver.definitions.model import States
from mockserver.messages import Json


def refused_beginning(states: States, values: Mapping[str, Json]) -> str:
    """What is wrong with the state of a new document, to continue a sentence; empty when nothing is."""
    state = values.get(states.field)
    if states.initial is None or state is None or state in states.initial:
        return ""
    return f"must be {_listed(states.initial)} in the beginning"


def refused_move(states: States, before: Json, after: Json) -> str:
    """What is wrong with a change of state, to continue a sentence; empty when nothing is. Null is no state yet."""
    if before == after:
        return ""
    if before is None:
        return refused_beginning(states, {states.field: after})
    following = states.moves.get(before, []) if isinstance(before, str | int) else []
    if after in following:
        return ""
    ways = f"only to {_listed(following)}" if following else "there is no way out of it"
    return f"can't go from {before} to {'null' if after is None else after}: {ways}"


def _listed(states: list[str | int]) -> str:
    *others, last = map(str, states)
    return f"{', '.join(others)} or {last}" if others else last
