"""What is wrong with a fault whose keys are right each by itself: what contradicts, lacks or shadows another."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.errors import suggestion
from mockserver.faults.kind import Flaw
from mockserver.faults.scoping import Scoping
from mockserver.faults.section import BASE_KEYS, LIFE_KEYS, OWNERS, FaultSection


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a fault may refer to; where resources are not known, any will do."""

    presets: Collection[str]
    resources: Collection[str] | None = None


def find_flaws(given: Mapping[str, Any], scoping: Scoping, known: Known) -> Iterator[Flaw]:
    """Everything; `given` are the keys as they were written."""
    section = scoping.section
    yield from _unwritable(given)
    if section.preset is not None:
        yield from _beside_preset(section.preset, given, known)
        return
    strays = list(_strays(given, scoping))
    yield from strays
    yield from _unknown_resources(section, known)
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
        if key not in ("preset", *LIFE_KEYS):
            yield Flaw(key, "can't stand beside 'preset'", "leave one; a preset is whole", at_key=True)


def _strays(given: Mapping[str, Any], scoping: Scoping) -> Iterator[Flaw]:
    """Keys of kinds that are not there."""
    for key in given:
        owners = OWNERS.get(key, ())
        if key not in BASE_KEYS and not any(owner in scoping.kinds for owner in owners):
            wanted = " or ".join(f"'{owner}'" for owner in owners)
            yield Flaw(key, f"says nothing without {wanted}", at_key=True)


def _unknown_resources(section: FaultSection, known: Known) -> Iterator[Flaw]:
    named = section.resource
    if known.resources is None or named is None:
        return
    for place, name in enumerate([named] if isinstance(named, str) else named):
        if name not in known.resources:
            hint = suggestion(name, known.resources)
            rest = () if isinstance(named, str) else (place,)
            yield Flaw("resource", f"names '{name}', and there is no resource of that name", hint, rest)


def _windows(section: FaultSection) -> Iterator[Flaw]:
    if section.repeat is None:
        return
    if section.lasts is None:
        yield Flaw("repeat", "says nothing without 'for'", "for: 5s, repeat: 30s", at_key=True)
    elif section.repeat.seconds <= section.lasts.seconds:
        yield Flaw("repeat", "should be longer than 'for'", "it counts from one beginning to the next")
