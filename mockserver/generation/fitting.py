"""Holds what a generator draws to the rules of its field: a value that breaks them is drawn again.

Knows one field at a time, and for a unique one the values that are taken.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from mockserver.definitions.field import FieldRules
from mockserver.errors import GenerationError
from mockserver.generation.generator import Column, Draw, Generator, Row, as_generator
from mockserver.generation.rules import Flaw, RuleCheck
from mockserver.generation.schema import Attribute
from mockserver.messages import Json

TRIES: Final = 1000
"""How often a cell is drawn before there is said to be no value for it."""


def needs_look(field: Generator) -> bool:
    """Whether values may break the rules, so that each has to be looked at."""
    return field.type is not None or (is_ruled(field) and not field.obeys_rules)


def is_ruled(rules: FieldRules) -> bool:
    """Whether the rules say anything about single values."""
    limits = (rules.type, rules.min, rules.max, rules.min_length, rules.max_length, rules.pattern, rules.format)
    return any(limit is not None for limit in limits)


def fitted(attribute: Attribute, column: Column, draw: Draw) -> Draw:
    """A draw that goes on until a value obeys the field's rules. *Raises* `GenerationError` when none does."""
    if not needs_look(as_generator(attribute.rules)):
        return draw
    return _retried(draw, column, attribute.flaws)


def obeying(attribute: Attribute, column: Column, draw: Draw) -> Draw:
    """As `fitted`, for a draw that is not the field's own: each value is looked at."""
    return _retried(draw, column, attribute.flaws)


def _retried(draw: Draw, column: Column, flaws: Callable[[Json], Iterable[Flaw]]) -> Draw:
    """The first value, from an attempt on, that is null or has no flaws."""

    def fitting(row: Row, attempt: int) -> Json:
        for again in range(TRIES):
            value = draw(row, attempt + again)
            if value is None or not any(True for _ in flaws(value)):
                return value
        raise _misfit(column, next(iter(flaws(draw(row, attempt)))))

    return fitting


def distinct(
    attribute: Attribute, column: Column, draw: Draw, rows: Sequence[Row], reserved: Sequence[Json]
) -> list[Any]:
    """A value for each row that no row before it has, nulls aside. *Raises* `GenerationError` when they run out."""
    taken = {_hashable(value) for value in reserved}
    ruled, values = is_ruled(attribute.rules), []
    for row in rows:
        for attempt in range(TRIES):
            value = draw(row, attempt)
            if value is None or (_hashable(value) not in taken and (not ruled or _fits(attribute, value))):
                break
        else:
            raise _exhausted(attribute, column, draw, row, len(rows))
        taken.add(_hashable(value))
        values.append(value)
    return values


def _fits(attribute: Attribute, value: Json) -> bool:
    return value is None or not next(attribute.flaws(value), None)


def _hashable(value: Json) -> Any:
    return repr(value) if isinstance(value, list | dict) else value


def _misfit(column: Column, flaw: Flaw) -> GenerationError:
    problem = f"no generated value fits its rules: it {flaw.detail}"
    return column.failure(problem, "loosen the rule or change the generator")


def _exhausted(attribute: Attribute, column: Column, draw: Draw, row: Row, rows: int) -> GenerationError:
    """The error of a row for which every value was taken, or broke the rules in the first place."""
    flaws = [next(attribute.flaws(draw(row, attempt)), None) for attempt in range(TRIES)]
    first = flaws[0]
    if first is not None and None not in flaws:
        return _misfit(column, first)
    problem = f"can't be unique: {TRIES} tries for row {row.number + 1} of {rows} gave only values in use"
    return column.failure(problem, "use a seq or uuid, more values, or fewer rows")


def draw_inside(field: Generator, column: Column) -> Draw:
    """The draw of a field inside another's values, its null share included. *Raises* `GenerationError`."""
    draw = field.draw(column)
    if needs_look(field):
        draw = _retried(draw, column, RuleCheck(field.shape(column.fakes), field).flaws)
    share = field.null_share
    if not share:
        return draw
    at, drawn = column.streams("null").at, draw
    return lambda row, attempt: None if at(row.key).unit() < share else drawn(row, attempt)
