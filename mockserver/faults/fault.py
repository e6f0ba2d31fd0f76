"""A fault, ready to act: a named list of rules, each a match, a schedule, and kinds that say what happens."""

from collections.abc import Mapping
from dataclasses import field, replace
from hashlib import blake2b
from typing import Final, TypeAlias

import orjson

from mockserver.faults.kind import Kind
from mockserver.faults.matching import Matching
from mockserver.faults.occasion import Scope, Transport
from mockserver.faults.schedule import Schedule
from mockserver.messages import Document
from mockserver.value import dataclass

Place: TypeAlias = tuple[Scope, Transport]
"""Where a rule acts: in one scope of a transport."""

DAY_S: Final = 24 * 3600.0
USUAL_PRIORITY: Final = 100
_LIFE: Final = frozenset({"enabled", "ttl", "describe"})
"""Keys that change nothing of what a fault does while it is on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; its `name` is what its draws are made under.

    `acts` are its kinds by where they act, those that decide the end first. `commits` says that the API is asked
    before anything happens.
    """

    name: str
    match: Matching
    schedule: Schedule
    acts: Mapping[Place, tuple[Kind, ...]]
    commits: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether nothing else can decide the end beside it."""
        return any(kind.is_terminal for kinds in self.acts.values() for kind in kinds)

    @property
    def breaks_connections(self) -> bool:
        """Whether it ends connections that a browser would keep for further requests."""
        return any(
            kind.breaks_connection
            for (scope, transport), kinds in self.acts.items()
            for kind in kinds
            if transport != "ws" or scope == "handshake"
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Rules that are switched together. `settings` is the whole of it as it was written; `rules` follow from that.

    `preset` is the name of the shipped one that it is, if it is one.
    """

    name: str
    rules: tuple[Rule, ...] = field(compare=False)
    settings: Document
    enabled: bool = True
    ttl_s: float | None = None
    priority: int = USUAL_PRIORITY
    describe: str = ""
    preset: str = ""

    def limited_to(self, times: int) -> "Fault":
        """The same, each of its rules acting so often at most."""
        rules = tuple(replace(rule, schedule=replace(rule.schedule, times=times)) for rule in self.rules)
        return replace(self, rules=rules)

    def named(self, name: str) -> "Fault":
        """The same under another name."""
        rules = tuple(replace(rule, name=rule_name(name, place)) for place, rule in enumerate(self.rules))
        return replace(self, name=name, rules=rules)

    def switched_on(self) -> "Fault":
        """The same, on."""
        return self if self.enabled else replace(self, enabled=True)

    @property
    def declared_life(self) -> tuple[bool, float | None]:
        """Whether it is on where nobody has switched it, and for how long."""
        return self.enabled, self.ttl_s if self.enabled else None

    @property
    def content(self) -> str:
        """A hash of what it does: whether and how long it is on has no part in it."""
        return hash_of({name: value for name, value in self.settings.items() if name not in _LIFE})


def rule_name(fault: str, place: int) -> str:
    """What the draws of a fault's rule are made under, whose place is from 0; no fault can be called so."""
    return f"{fault}#{place}" if place else fault


def hash_of(value: Document) -> str:
    """A short text that other values don't have; the order of keys does not matter."""
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()
