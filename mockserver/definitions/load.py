"""Definition files to one checked model, with every problem found said at once and in its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mockserver.definitions.advice import explain_key, known_keys
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.source import Source
from mockserver.errors import LIMIT_PROBLEMS, DefinitionError, DefinitionProblem, suggestion
from mockserver.value import dataclass

Where: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True)
class Report:
    """Collects what is wrong with one definition; `add` may be called for the same place more than once.

    `advise` has the hint for a problem at a place that came without one.
    """

    source: Source
    advise: Callable[[Where], str] = lambda _: ""
    problems: list[DefinitionProblem] = field(default_factory=list)

    def add(self, where: Sequence[str | int], problem: str, hint: str = "", *, key: bool = False) -> None:
        """Note a problem at a place of the definition; `key` points at the key there and not at its value.

        *Raises* `DefinitionError` once there are so many that no more are wanted.
        """
        position = self.source.position(tuple(where), key=key)
        path = ".".join(str(step) for step in where)
        said = hint or self.advise(tuple(where))
        self.problems.append(DefinitionProblem(position, path, problem, said, self.source.line(position)))
        if len(self.problems) >= LIMIT_PROBLEMS:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """*Raises* `DefinitionError` with all problems in the order of their places."""
        if self.problems:
            unique = dict.fromkeys(self.problems)
            raise DefinitionError(sorted(unique, key=lambda p: (p.position.file, p.position.line, p.position.column)))


Check = Callable[[Any, Report], None]
"""A layer's look at a definition whose shape is right: references, expressions, whatever spans several places."""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return {"dict": "a mapping", "list": "a list", "NoneType": "null"}.get(text, text)[:60]


@dataclass(frozen=True, slots=True)
class Said:
    """One of pydantic's errors in our words; `at_key` points at the key there and not at its value."""

    where: Where
    problem: str
    hint: str = ""
    at_key: bool = False


def explain(error: ErrorDetails, model: type[BaseModel]) -> Said:
    """What somebody who writes YAML is told of an error; `model` is what was to be read."""
    where, kind, context = error["loc"], error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = known_keys(model, where[:-1])
        return Said(where, f"there is no key '{where[-1]}' here", suggestion(str(where[-1]), known), at_key=True)
    if kind == "missing":
        return Said(where[:-1], f"the key '{where[-1]}' is missing")
    if kind == "definition":
        return Said(where, context["text"], context["hint"])
    if where[-1:] == ("[key]",):
        return _explain_key(where[:-1], kind, context)
    if kind == "literal_error":
        hint = suggestion(error["input"], known_choices(context)) if isinstance(error["input"], str) else ""
        expected = {"True": "true", "False": "false"}.get(str(context["expected"]), context["expected"])
        return Said(where, f"should be {expected}, not {_shown(error['input'])}", hint)
    return Said(where, _said(error), _advice(kind, error["input"]))


def _explain_key(where: Where, kind: str, context: Mapping[str, Any]) -> Said:
    """A name that can't stand where it does."""
    if kind == "literal_error":
        hint = suggestion(str(where[-1]), known_choices(context))
        return Said(where, f"there is no key '{where[-1]}' here", hint, at_key=True)
    if kind == "string_pattern_mismatch":
        return Said(where, f"'{where[-1]}' can't be a name here", "use letters, digits, _ and -", at_key=True)
    if kind == "string_type":
        return Said(where, f"'{where[-1]}' can't be a key here", f"put it in quotes: '{where[-1]}'", at_key=True)
    return Said(where, f"'{where[-1]}' can't be a key here", "the keys of this mapping are whole numbers", at_key=True)


_SENTENCES = {
    "dict_type": "should be a mapping",
    "model_type": "should be a mapping",
    "list_type": "should be a list",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "string_type": "should be text",
    "string_pattern_mismatch": "should match the pattern {pattern}",
    "too_short": "should have at least {min_length} entries",
    "too_long": "should have at most {max_length} entries",
}


def _advice(kind: str, value: Any) -> str:
    """What to write instead, where the mistake is one of spelling."""
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"put it in quotes: '{value}'"
    if kind == "bool_type" and value in ("yes", "on", "no", "off"):
        return f"write {'true' if value in ('yes', 'on') else 'false'}"
    return ""


def _said(error: ErrorDetails) -> str:
    """Pydantic's sentence about a value, in the words of somebody who writes YAML."""
    kind, value = error["type"], error["input"]
    if kind in _SENTENCES:
        sentence = _SENTENCES[kind].format(**error.get("ctx", {}))
        counted = sentence.replace(" 1 entries", " 1 entry")
        return (
            f"{counted}, not {len(value)}" if kind in ("too_short", "too_long") else f"{sentence}, not {_shown(value)}"
        )
    said = error["msg"].replace("Input should", "should").replace("Value error, ", "")
    return f"{said}, not {_shown(value)}" if said.startswith("should") else said


def known_choices(context: Mapping[str, Any]) -> list[str]:
    """The words of pydantic's `'a', 'b' or 'c'`."""
    return [word.strip("', ") for word in str(context["expected"]).replace(" or ", ",").split(",")]


def _without(data: Any, where: Where) -> Any:
    """A copy of the data with what stands at that place taken out; steps that don't exist are passed over."""
    if not where:
        return data
    step, rest = where[0], where[1:]
    if isinstance(data, dict) and step in data:
        deeper = any(_exists(data[step], rest[place:]) for place in range(len(rest)))
        if deeper:
            return {**data, step: _without(data[step], rest)}
        if any(_exists(data, rest[place:]) for place in range(len(rest))):
            return _without(data, rest)  # the step names an arm of a union, and only looks like the key beside it
        return {key: value for key, value in data.items() if key != step}
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return [*data[:step], *data[step + 1 :]]
    return _without(data, rest)


def _is_field(where: Where) -> bool:
    return len(where) == 4 and where[0] == "resources" and where[2] == "fields"


def _is_in_cell(where: Where) -> bool:
    """Whether a place is inside a trait's cell: without its faulty part it would pass for a plain value."""
    return len(where) > 5 and where[0] == "resources" and where[2] == "traits"


def _unnamed(data: Any, where: Where) -> Any:
    """A copy of the data in which a field that says nothing usable is one of any value: its name stays known."""
    if not where:
        return {"value": None}
    step, rest = where[0], where[1:]
    return {**data, step: _unnamed(data[step], rest)} if isinstance(data, dict) and step in data else data


def _exists(data: Any, where: Where) -> bool:
    if not where:
        return False
    if isinstance(data, dict):
        return where[0] in data
    return isinstance(data, list) and isinstance(where[0], int) and where[0] < len(data)


def _place(detail: ErrorDetails) -> list[str]:
    """Sorts places so that, taken from the last, none moves another."""
    return [f"{step:09d}" if isinstance(step, int) else step for step in detail["loc"]]


def _validate(report: Report, data: dict[str, Any], model: type[CoreDefinition]) -> CoreDefinition | None:
    """The model of the data; what breaks it is noted and left out, so that the rest is still checked."""
    taken: list[Where] = []
    for _ in range(20):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            for detail in details:
                # What a value lacks once its faulty parts are out is no fault of its author.
                if not any(where[: len(detail["loc"])] == detail["loc"] for where in taken):
                    said = explain(detail, model)
                    report.add(said.where, said.problem, said.hint, key=said.at_key)
            pruned, gone = data, list[Where]()
            for detail in sorted(details, key=_place, reverse=True):
                where = detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]
                where = where[:5] if _is_in_cell(where) else where
                if any(detail["loc"][: len(one)] == one for one in gone):
                    continue
                gone.append(where)
                pruned = _unnamed(pruned, where) if _is_field(where) else _without(pruned, where)
            if pruned == data:
                return None
            data = pruned
            taken += [detail["loc"] for detail in details]
    return None


def read_definition(
    source: Source,
    narrow: Callable[[Mapping[str, Any]], type[CoreDefinition]],
    whole: Callable[[], type[CoreDefinition]],
    checks: Iterable[Check],
    changes: Mapping[str, Any] | None = None,
) -> CoreDefinition:
    """The definition in a source; `changes` are top-level values from the command line that win over the file's.

    `narrow` makes a model of what a definition mentions, `whole` the one that knows what else it could.
    *Raises* `DefinitionError` with everything that is wrong.
    """
    report = Report(source, lambda where: explain_key(whole(), where))
    data = {**source.data, **(changes or {})}
    definition: CoreDefinition | None
    try:
        definition = narrow(data).model_validate(data)
    except ValidationError:
        definition = _validate(report, data, whole())
    if definition is not None:
        for check in checks:
            check(definition, report)
    report.raise_if_any()
    assert definition is not None  # noqa: S101 - without a model there is a problem
    return definition
