"""What a definition says when it refuses: message, details and errors, as a problem that conventions write."""

from collections.abc import Mapping
from typing import Any, Protocol

from mockserver.errors import FieldError, Problem, problem_of
from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.names import Names
from mockserver.query.naming import Naming
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """The words of a refusal; `errors` are by dotted field, or by parameter where the action has one of that name."""

    message: Formula
    details: Formula
    errors: Mapping[str, Formula]
    parameters: frozenset[str]

    def problem(self, status: int, scope: Mapping[str, Any], headers: Mapping[str, str], naming: Naming) -> Problem:
        """The problem. *Raises* `ServerError` when an expression has no value."""
        errors = [self._error(name, formula.text(scope), naming) for name, formula in self.errors.items()]
        return problem_of(status, self.message.text(scope), errors, headers, self.details.text(scope))

    def _error(self, name: str, detail: str, naming: Naming) -> FieldError:
        wire = naming.wire(name)
        return FieldError(detail, parameter=wire) if name in self.parameters else FieldError(detail, _pointer(wire))


def _pointer(path: str) -> str:
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in path.split("."))


class Words(Protocol):
    """A part of a definition that says why something is refused."""

    @property
    def message(self) -> str: ...

    @property
    def details(self) -> str: ...

    @property
    def errors(self) -> Mapping[str, str]: ...


def load_refusal(loading: Loading, where: Where, names: Names, words: Words) -> Refusal:
    """The words with their expressions compiled."""
    known = names.known
    body, query = known.get("body"), known.get("query")
    in_body = getattr(body, "properties", {})
    parameters = frozenset(name for name in getattr(query, "properties", {}) if name not in in_body)
    return Refusal(
        loading.formula(words.message, (*where, "message"), names),
        loading.formula(words.details, (*where, "details"), names),
        {name: loading.formula(text, (*where, "errors", name), names) for name, text in words.errors.items()},
        parameters,
    )
