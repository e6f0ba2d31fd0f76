"""Faults from what is written: in a definition, or as JSON that came over the control plane; all that is wrong at once.

A flaw is noted at its line of a definition, and has a JSON pointer in a body.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from pydantic import ValidationError

from mockserver.definitions.load import Report, Said, explain
from mockserver.definitions.name import NAME_WORDS, is_name
from mockserver.errors import BadRequest, FieldError, Invalid, PayloadTooLarge, sentence
from mockserver.faults.check import Known, find_flaws
from mockserver.faults.fault import Fault, Rule, rule_name
from mockserver.faults.kind import Flaw, Kind
from mockserver.faults.matching import Expected, Matching
from mockserver.faults.schedule import Schedule
from mockserver.faults.scoping import Scoping
from mockserver.faults.section import KINDS, MOST_FAULTS, FaultSection, keys_of, kinds_in
from mockserver.faults.served import Served
from mockserver.messages import Document, Json
from mockserver.realtime.channel.span import Span

_SECTION: Final = "faults"
_MOST_BYTES: Final = 64 * 1024
"""Of a fault that is set at run time, as JSON."""


def read_faults(
    sections: Mapping[str, FaultSection], presets: Mapping[str, Fault], served: Served, report: Report
) -> dict[str, Fault]:
    """The faults of a definition; they may be used only when nothing was noted in the report."""
    written = report.source.data.get(_SECTION) or {}
    if len(written) > MOST_FAULTS:
        report.add((_SECTION,), f"has {len(written)} faults, and {MOST_FAULTS} are the most", key=True)
    # Where a part was left out for being wrong, what is left of the fault says something else.
    broken = {tuple(one.path.split(".", 1)) for one in report.problems}
    found: dict[str, Fault] = {}
    for name, section in sections.items():
        if any(way[0] == _SECTION and _begins(way[-1], name) for way in broken):
            continue
        reading = _Reading(written[name], section, presets, served)
        for flaw in reading.flaws:
            where = (_SECTION, name, *_where(flaw))
            report.add(where, f"'{flaw.key}' {flaw.problem}" if flaw.at_key else flaw.problem, flaw.hint, key=_at(flaw))
        if not reading.flaws:
            found[name] = reading.fault(name)
    return found


def _begins(way: str, name: str) -> bool:
    return way == name or way.startswith(f"{name}.")


def _where(flaw: Flaw) -> tuple[str | int, ...]:
    """The way to it from the fault; none to what is wrong with all of it."""
    return (flaw.key, *flaw.rest) if flaw.key else ()


def _at(flaw: Flaw) -> bool:
    return flaw.at_key or not flaw.key


def read_fault(name: str, body: Json, presets: Mapping[str, Fault], served: Served | None = None) -> Fault:
    """The fault that a body describes; where it is not known what is served, it may refer to anything.

    *Raises* `BadRequest` for its name, `PayloadTooLarge`, `Invalid` with all that is wrong in it.
    """
    if not is_name(name):
        said = f"can't be the name of a fault: {NAME_WORDS}"
        raise BadRequest(f"'{name}' {said}.", [FieldError(said, parameter="name")])
    if not isinstance(body, dict):
        raise Invalid("A fault must be a JSON object.", [FieldError("must be an object")])
    if _size_of(body) > _MOST_BYTES:
        raise PayloadTooLarge(f"A fault is at most {_MOST_BYTES // 1024} KiB of JSON.")
    try:
        section = FaultSection.model_validate(body)
    except ValidationError as error:
        raise _invalid(body, [explain(one, FaultSection) for one in error.errors(include_url=False)]) from None
    reading = _Reading(body, section, presets, served)
    if reading.flaws:
        raise _invalid(body, [Said(_where(flaw), flaw.problem, flaw.hint) for flaw in reading.flaws])
    return reading.fault(name)


def _size_of(body: Document) -> int:
    """In bytes; nothing where JSON can't hold it, of which there is more to say."""
    try:
        return len(orjson.dumps(body))
    except TypeError:
        return 0


def make_rules(name: str, bodies: Sequence[Document]) -> tuple[Rule, ...]:
    """The rules of a shipped fault. *Raises* `ValueError` for what is wrong with one, which is ours to mend."""
    made: list[Rule] = []
    for place, body in enumerate(bodies):
        reading = _Reading(body, FaultSection.model_validate(body), {}, None)
        for flaw in reading.flaws:
            raise ValueError(f"{name}: '{flaw.key}' {flaw.problem}")
        made.append(reading.rule(rule_name(name, place)))
    return tuple(made)


class _Reading:
    """One fault being read, its shape being right."""

    def __init__(
        self,
        given: Mapping[str, Any],
        section: FaultSection,
        presets: Mapping[str, Fault],
        served: Served | None,
    ) -> None:
        self._given = given
        self._section = section
        self._presets = presets
        self._misread: list[Flaw] = []
        kinds = {} if section.preset is not None else dict(self._kinds())
        self._scoping = Scoping(section, kinds)
        self.flaws = self._misread or list(find_flaws(given, self._scoping, Known(presets, served)))

    def _kinds(self) -> Iterator[tuple[str, Kind]]:
        for name in kinds_in(self._given):
            kind = KINDS[name]
            given = {key: self._given[key] for key in keys_of(kind) if key in self._given}
            try:
                yield name, kind.model_validate(given)
            except ValidationError as error:
                for one in error.errors(include_url=False):
                    said = explain(one, kind)
                    key, *rest = said.where or (name,)
                    self._misread.append(Flaw(str(key), said.problem, said.hint, tuple(rest)))

    def rule(self, name: str) -> Rule:
        """The one rule that is written."""
        section = self._section
        return Rule(name, _matching(section), _schedule(section), self._scoping.acts(), section.commit)

    def fault(self, name: str) -> Fault:
        """The fault, ready to act."""
        section = self._section
        preset = None if section.preset is None else self._presets[section.preset].named(name)
        if preset is not None and section.times is not None:
            preset = preset.limited_to(section.times)
        rules = (self.rule(name),) if preset is None else preset.rules
        return Fault(
            name,
            rules,
            dict(self._given),
            section.enabled,
            None if section.ttl is None else section.ttl.seconds,
            section.priority,
            section.describe or ("" if preset is None else preset.describe),
            section.preset or "",
        )


def _matching(section: FaultSection) -> Matching:
    return Matching(
        section.routes,
        section.sockets,
        frozenset(_several(section.resource)),
        tuple((name.lower(), value) for name, value in _expected(section.header)),
        _expected(section.query),
        frozenset(_several(section.user)),
        _several(section.event),
        section.direction,
    )


def _several(given: str | list[str] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _expected(given: Mapping[str, str | None] | None) -> Expected:
    return tuple((given or {}).items())


def _schedule(section: FaultSection) -> Schedule:
    return Schedule(
        section.skip,
        section.times,
        section.every,
        section.probability,
        section.pattern or "",
        section.after or Span(0.0, 0.0),
        None if section.lasts is None else section.lasts.seconds,
        None if section.repeat is None else section.repeat.seconds,
        0.0 if section.ramp is None else section.ramp.seconds,
    )


def _invalid(body: Document, said: Sequence[Said]) -> Invalid:
    """All that is wrong with a body, each with its pointer."""
    errors = [
        FieldError(f"{one.problem}; {one.hint}" if one.hint else one.problem, pointer_to(body, one.where))
        for one in said
    ]
    first = errors[0]
    told = f"is not valid: {first.name}: {first.detail}" if said[0].where else first.detail
    return Invalid(sentence(f"The fault {told}"), errors)


def pointer_to(body: Json, where: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) to a place that pydantic names, the arms of unions in it being left out."""
    pointer, value = "", body
    for step in where:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue
        pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
    return pointer
