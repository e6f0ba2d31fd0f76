"""The `where` of a rule: an expression over one row and the user, checked at load, and what it comes to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mockserver.definitions.expression import Expression, ExpressionError, bare, compile_expression
from mockserver.errors import ServerError, suggestion
from mockserver.generation.schema import Resource, Schema
from mockserver.generation.scope import RowScope
from mockserver.generation.shape import ANY
from mockserver.query.caller import User
from mockserver.value import dataclass

ROW: Final = "row"
USER: Final = "user"
_OF_USER: Final = ("name", "roles", "claims")


def as_seen(user: User | None, claims: Iterable[str]) -> Mapping[str, Any] | None:
    """A user as expressions see them: a claim that others have and they lack is null, and so is all of nobody."""
    if user is None:
        return None
    whole = {**dict.fromkeys(claims), **user.claims}
    return {**whole, "name": user.name, "roles": list(user.roles), "claims": whole}


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """One filter of the rows of some resources; `place` is where it stands in the definition."""

    expression: Expression
    place: str
    resources: frozenset[str]

    def holds(self, row: RowScope, user: Mapping[str, Any] | None) -> bool:
        """Whether a row is there for a user. *Raises* `ServerError` when that can't be said."""
        try:
            return bool(self.expression.value(_Scope(row, user)))
        except ExpressionError as error:
            raise ServerError(f"The rule's 'where' has no value: {error.problem} ({self.place}).") from None


class _Scope(Mapping[str, Any]):
    """The names of one evaluation: `row` and `user` win over fields of the same name."""

    __slots__ = ("_row", "_user")

    def __init__(self, row: RowScope, user: Mapping[str, Any] | None) -> None:
        self._row = row
        self._user = user

    def __getitem__(self, name: str) -> Any:
        if name == USER:
            return self._user
        return self._row if name == ROW else self._row[name]

    def __iter__(self) -> Iterator[str]:
        return iter((ROW, USER, *self._row))

    def __len__(self) -> int:
        return len(self._row) + 2


@dataclass(frozen=True, slots=True)
class WhereReader:
    """Compiles filters. `claims` are the names that users have; nothing where tokens may bring others along."""

    schema: Schema
    claims: frozenset[str] | None

    def read(self, source: str, resources: Sequence[Resource], place: str) -> Where:
        """A filter of these resources' rows. *Raises* `ExpressionError` for whatever it names that is not there."""
        source = bare(source)
        names = {name for one in resources for name in (*one.attributes, *one.parents)}
        expression = compile_expression(source, (*names, ROW, USER))
        for way in sorted(expression.paths, key=lambda way: (-len(way), way)):
            for resource in resources:
                self._check(way, resource, source)
        return Where(expression, place, frozenset(one.name for one in resources))

    def _check(self, way: tuple[str, ...], resource: Resource, source: str) -> None:
        if way[0] == USER:
            self._check_user(way[1:], source)
            return
        steps = way[1:] if way[0] == ROW else way
        found = _stray(self.schema, resource, steps)
        if found is not None:
            step, owner, known = found
            raise ExpressionError(f"'{step}' is not a field of '{owner}' in '{source}'", suggestion(step, known))

    def _check_user(self, steps: tuple[str, ...], source: str) -> None:
        named = steps[1:2] if steps[:1] == ("claims",) else steps[:1]
        if self.claims is None or not named:
            return
        known = self.claims if steps[0] == "claims" else {*self.claims, *_OF_USER}
        if named[0] not in known:
            raise ExpressionError(f"no user has '{named[0]}' in '{source}'", suggestion(named[0], known))


def _stray(schema: Schema, resource: Resource, steps: Iterable[str]) -> tuple[str, str, list[str]] | None:
    """The first step of a way that leads nowhere: it, what it was looked for in, and what there is."""
    here, remaining = resource, list(steps)
    while remaining:
        step = remaining.pop(0)
        if step in here.parents:
            here = schema[here.parents[step].parent]
            continue
        if step not in here.attributes:
            return step, here.name, [*here.attributes, *here.parents]
        shape = here.attributes[step].shape
        for inner in remaining:
            is_plain = not here.lenient and shape.type not in ("object", "any")
            if is_plain or (shape.properties and inner not in shape.properties):
                return inner, step, list(shape.properties)
            step, shape = inner, shape.properties.get(inner, ANY)
        return None
    return None
