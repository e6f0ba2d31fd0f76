"""What is wrong with a fault whose keys are right each by itself: what contradicts, lacks or shadows another."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from mockserver.definitions.pattern import routes_of
from mockserver.errors import suggestion
from mockserver.faults.kind import Flaw
from mockserver.faults.scoping import Scoping
from mockserver.faults.section import BASE_KEYS, BESIDE_PRESET, OWNERS, FaultSection
from mockserver.faults.served import Served
from mockserver.faults.violation import attribute_at
from mockserver.generation.schema import Resource
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a fault may refer to; where it is not known what is served, any will do."""

    presets: Collection[str]
    served: Served | None = None


def find_flaws(given: Mapping[str, Any], scoping: Scoping, known: Known) -> Iterator[Flaw]:
    """Everything; `given` are the keys as they were written."""
    section = scoping.section
    yield from _unwritable(given)
    if section.preset is not None:
        yield from _beside_preset(section.preset, given, known)
        return
    strays = list(_strays(given, scoping))
    yield from strays
    if known.served is not None:
        yield from _strangers("resource", section.resource, known.served.resources)
        yield from _strangers("user", section.user, known.served.users)
        yield from _below_prefix(section, known.served)
        yield from _unknown_fields(scoping, known.served)
    yield from _windows(section)
    if not scoping.kinds:
        if not strays:
            yield Flaw("", "does nothing", "say what happens, like status: 503, latency: 2s or reset: connect")
        return
    for kind in scoping.kinds.values():
        yield from kind.flaws()
    if len(scoping.terminals) > 1:
        first, second = scoping.terminals[:2]
        yield Flaw(second, f"can't happen beside '{first}'", "leave one, or make two faults of them", at_key=True)
        return
    yield from scoping.flaws()
    if section.commit and not any(scope == "request" for scope, _ in scoping.acts()):
        yield Flaw("commit", "says nothing where there is no request", "leave it out", at_key=True)


def _unwritable(given: Mapping[str, Any]) -> Iterator[Flaw]:
    for key, value in given.items():
        try:
            orjson.dumps(value)
        except TypeError:
            yield Flaw(key, "should be a value that JSON can hold", "keys are text, numbers have at most 64 bits")


def _beside_preset(name: str, given: Mapping[str, Any], known: Known) -> Iterator[Flaw]:
    if name not in known.presets:
        yield Flaw("preset", f"names '{name}', and there is no preset of that name", suggestion(name, known.presets))
    for key in given:
        if key not in ("preset", *BESIDE_PRESET):
            yield Flaw(key, "can't stand beside 'preset'", "leave one; a preset is whole", at_key=True)


def _strays(given: Mapping[str, Any], scoping: Scoping) -> Iterator[Flaw]:
    """Keys of kinds that are not there."""
    for key in given:
        owners = OWNERS.get(key, ())
        if key not in BASE_KEYS and not any(owner in scoping.kinds for owner in owners):
            wanted = " or ".join(f"'{owner}'" for owner in owners)
            yield Flaw(key, f"says nothing without {wanted}", at_key=True)


def _strangers(key: str, named: str | list[str] | None, known: Collection[str] | None) -> Iterator[Flaw]:
    """Names of a key that are nobody's."""
    if known is None or named is None:
        return
    for place, name in enumerate([named] if isinstance(named, str) else named):
        if name not in known:
            rest = () if isinstance(named, str) else (place,)
            yield Flaw(key, f"names '{name}', and there is no {key} of that name", suggestion(name, known), rest)


def _below_prefix(section: FaultSection, served: Served) -> Iterator[Flaw]:
    routes = section.match
    for place, route in enumerate(() if routes is None else routes_of(routes)):
        prefix = served.prefix_of(route)
        if prefix:
            hint = f"routes are relative to the prefix: {route.method} {route.path.removeprefix(prefix) or '*'}"
            rest = (place,) if isinstance(routes, list) else ()
            yield Flaw("match", f"'{route.path}' begins with the prefix {prefix}", hint, rest)


def _unknown_fields(scoping: Scoping, served: Served) -> Iterator[Flaw]:
    """Names of fields that no document has which the rule may be about."""
    resources = _resources_of(scoping.section, served)
    if any(one.lenient for one in resources):
        return
    known = {name for one in resources for name in one.attributes}
    for kind in scoping.kinds.values():
        for place, name in enumerate(kind.named_fields if resources else ()):
            if all(attribute_at(one, name) is None for one in resources):
                said = f"names '{name}', and there is no field of that name"
                yield Flaw("fields", said, suggestion(name, known), (place,))


def _resources_of(section: FaultSection, served: Served) -> list[Resource]:
    """The resources that a rule may be about; none where it may be about what is no resource's."""
    named = section.resource
    if named is not None:
        names = [named] if isinstance(named, str) else named
        return [served.resources[name] for name in names if name in served.resources]
    found: list[Resource] = [] if section.match is not None else [*served.resources.values()]
    for route in () if section.match is None else routes_of(section.match):
        reached = served.reached(route)
        if reached is None:
            return []
        found += reached
    return found


def _windows(section: FaultSection) -> Iterator[Flaw]:
    if section.repeat is None:
        return
    if section.lasts is None:
        yield Flaw("repeat", "says nothing without 'for'", "for: 5s, repeat: 30s", at_key=True)
    elif section.repeat.seconds <= section.lasts.seconds:
        yield Flaw("repeat", "should be longer than 'for'", "it counts from one beginning to the next")
