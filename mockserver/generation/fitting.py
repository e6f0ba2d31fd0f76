"""Holds what a generator draws to the rules of its field: a value that breaks them is drawn again.

Knows one field at a time; that values differ between rows is seen to where rows are made.
"""

from typing import Final

from mockserver.definitions.field import FieldRules
from mockserver.errors import GenerationError
from mockserver.generation.generator import Column, Draw, Generator, Row
from mockserver.generation.rules import Flaw, RuleCheck
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


def misfit(column: Column, flaw: Flaw) -> GenerationError:
    """The error of a field whose generator never gives what its rules ask for."""
    problem = f"no generated value fits its rules: it {flaw.detail}"
    return column.failure(problem, "loosen the rule or change the generator")


def draw_inside(field: Generator, column: Column) -> Draw:
    """The draw of a field inside another's values, its null share included. *Raises* `GenerationError`."""
    draw = _fitting(field, column) if needs_look(field) else field.draw(column)
    share = field.null_share
    if not share:
        return draw
    at = column.streams("null").at
    return lambda row, attempt: None if at(row.key).unit() < share else draw(row, attempt)


def _fitting(field: Generator, column: Column) -> Draw:
    draw, check = field.draw(column), RuleCheck(field.shape(column.fakes), field)

    def fitted(row: Row, attempt: int) -> Json:
        for again in range(TRIES):
            value = draw(row, attempt + again)
            if value is None or not check.flaws(value):
                return value
        raise misfit(column, check.flaws(draw(row, attempt))[0])

    return fitted
