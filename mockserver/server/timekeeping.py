"""The clock of what is served, as the control plane tells and moves it: one change a request, by its name."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic_core import PydanticCustomError

from mockserver.definitions.quantity import Duration, parse_instant, write_instant
from mockserver.errors import BadRequest, FieldError, suggestion
from mockserver.messages import Json
from mockserver.sandbox.clock import Clock

FIRST: Final = datetime(1000, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9000, 1, 1, tzinfo=UTC)


def tell_time(clock: Clock) -> dict[str, Json]:
    """What the clock shows, and whether it stands still."""
    return {"now": write_instant(clock.now()), "frozen": clock.is_frozen}


def change_time(clock: Clock, body: Mapping[str, Json]) -> None:
    """Do the one thing that `body` names. *Raises* `BadRequest`, having changed nothing."""
    for name in body:
        if name not in _CHANGES:
            problem = f"'{name}' is not known here; {suggestion(name, list(_CHANGES))}"
            raise BadRequest(problem, [FieldError("is not known", pointer=f"/{name}")])
    if len(body) != 1:
        raise BadRequest(f"The body must name one of {', '.join(_CHANGES)}.")
    for name, value in body.items():
        try:
            _CHANGES[name](clock, value)
        except ValueError as error:
            detail = error.message() if isinstance(error, PydanticCustomError) else str(error)
            raise BadRequest(f"'{name}' {detail}.", [FieldError(detail, pointer=f"/{name}")]) from None


def _advance(clock: Clock, value: Json) -> None:
    duration = Duration.parse(value)
    now = clock.now()
    try:
        then = duration.after(now)
    except (ValueError, OverflowError):
        then = LAST
    if then < now:
        raise ValueError("must not be negative: a clock goes forward only")
    clock.advance((_bounded(then) - now).total_seconds())


def _freeze(clock: Clock, value: Json) -> None:
    if value is False:
        clock.run_on()
        return
    if value is not True:
        clock.set(_moment(value, "true, false or a moment"))
    clock.freeze()


def _set(clock: Clock, value: Json) -> None:
    clock.set(_moment(value, "a moment"))


def _make_real(clock: Clock, value: Json) -> None:
    if value is not True:
        raise ValueError("must be true")
    clock.set_real()


def _moment(value: Json, expected: str) -> datetime:
    problem = f"must be {expected}, like 2026-01-15T09:00:00Z"
    if not isinstance(value, str):
        raise ValueError(problem)
    try:
        moment = parse_instant(value)
    except (ValueError, OverflowError):
        raise ValueError(problem) from None
    return _bounded(moment)


def _bounded(moment: datetime) -> datetime:
    """The moment, unless a clock that runs on from there could leave the calendar. *Raises* `ValueError`."""
    if not FIRST <= moment < LAST:
        raise ValueError(f"must lead to a time between the years {FIRST.year} and {LAST.year}")
    return moment


_CHANGES: Final[dict[str, Callable[[Clock, Json], None]]] = {
    "advance": _advance,
    "freeze": _freeze,
    "set": _set,
    "real": _make_real,
}
