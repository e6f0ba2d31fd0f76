"""The contract of an effect: one thing that a rule does, as it is declared and as it happens."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

import orjson

from mockserver.definitions.field import Model
from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.names import Meaning, Names
from mockserver.realtime.channel.address import Addresses
from mockserver.realtime.channel.rule import Effect
from mockserver.registry import Registry
from mockserver.value import dataclass

Kind: TypeAlias = Literal["ws", "sse"]


class EffectSection(Model):
    """An effect as it is declared: the key it is registered by, others of `keys` that do the same, and their details.

    Effects of one rule happen in the order of `place`, however they are written. `is_last` says that nothing comes
    after it, `is_said` that it tells this client something, and `is_streamed` that an event stream can do it.
    """

    place: ClassVar[int]
    keys: ClassVar[tuple[str, ...]]
    is_last: ClassVar[bool] = False
    is_said: ClassVar[bool] = False
    is_streamed: ClassVar[bool] = True

    @abstractmethod
    def load(self, loading: "RuleLoading") -> Effect:
        """The effect that happens; what is wrong with it is noted."""


effects: Registry[type[EffectSection]] = Registry("effect", "mockserver.realtime.channel.effects")


@dataclass(frozen=True, slots=True)
class RuleLoading:
    """One rule being loaded, and the names that it may use."""

    loading: Loading
    where: Where
    names: Names
    addresses: Addresses
    kind: Kind

    def note(self, key: str, problem: str, hint: str = "", *, at_key: bool = False) -> None:
        """Note a problem with the value of a key, or with the key itself."""
        self.loading.note((*self.where, key), problem, hint, key=at_key)

    def formula(self, value: Any, key: str, more: Mapping[str, Meaning] | None = None) -> Formula:
        """A value of the rule with its expressions."""
        return self.loading.formula(value, (*self.where, key), self.names.plus(more or {}))

    def json(self, value: Any, key: str, more: Mapping[str, Meaning] | None = None) -> Formula:
        """A value that is sent as JSON."""
        try:
            orjson.dumps(value)
        except TypeError:
            self.note(key, "should be a value that JSON can hold", "keys are text, numbers have at most 64 bits")
        return self.formula(value, key, more)

    def text(self, value: Any, key: str, more: Mapping[str, Meaning] | None = None) -> Formula:
        """A value that is sent as text."""
        if isinstance(value, dict | list) or value is None:
            self.note(key, "should be a text", 'e.g. "Hello ${user.name}"')
        return self.formula(value, key, more)
