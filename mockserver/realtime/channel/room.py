"""The names of rooms, as rules work them out."""

from typing import Final

from mockserver.errors import ServerError
from mockserver.formula.formula import Formula
from mockserver.realtime.channel.turn import Turn

_LONGEST: Final = 200


def rooms_of(formula: Formula, turn: Turn) -> list[str]:
    """One room or several. *Raises* `ServerError` for what is no name of one."""
    value = formula.value(turn)
    return [_room(formula, one) for one in (value if isinstance(value, list) else [value])]


def _room(formula: Formula, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        what = "null" if value is None else f"a text of {len(value)}" if isinstance(value, str) else "something else"
        raise ServerError(
            f"{formula.place}: gives {what} where the name of a room is needed (1 to {_LONGEST} letters)."
        )
    return value
