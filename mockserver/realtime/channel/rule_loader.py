"""How the rules of a channel are made of their sections, and what is wrong with them is noted."""

from collections.abc import Sequence
from typing import Any

from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.names import Names
from mockserver.realtime.channel.address import Addresses
from mockserver.realtime.channel.effect import EffectSection, Kind, RuleLoading
from mockserver.realtime.channel.rule import Effect, Rule
from mockserver.realtime.channel.section import KINDS, RuleSection
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class RuleLoader:
    """Makes the rules of one channel from their sections; what is wrong with them is noted."""

    loading: Loading
    addresses: Addresses
    kind: Kind

    def rules(self, sections: Sequence[RuleSection], where: Where, names: Names) -> tuple[Rule, ...]:
        """Rules that stand in a list."""
        return tuple(self.rule(one, (*where, place), names) for place, one in enumerate(sections))

    def rule(self, section: RuleSection, where: Where, names: Names) -> Rule:
        """One rule."""
        loading = RuleLoading(self.loading, where, names, self.addresses, self.kind)
        given = section.model_fields_set
        found = [kind for kind in KINDS if not given.isdisjoint(kind.keys)]
        self._check(section, where, found)
        effects = [(kind, _effect(kind, section, loading)) for kind in found]
        if section.event is not None and self.kind == "ws":
            loading.note("event", "messages of a socket have no names", "leave it out", at_key=True)
        return Rule(
            self.when(section.when, where, names),
            None if section.event is None else loading.text(section.event, "event"),
            tuple(effect for _, effect in effects),
            tuple(effect for kind, effect in effects if kind.is_said),
        )

    def when(self, value: Any, where: Where, names: Names) -> Formula | None:
        """A condition; nothing for one that always holds."""
        return None if value is True else self.loading.condition(value, (*where, "when"), names)

    def _check(self, section: RuleSection, where: Where, found: Sequence[type[EffectSection]]) -> None:
        """Note what says nothing, says it of nothing, or contradicts itself."""
        given, note = section.model_fields_set, self.loading.note
        if not found:
            note(where, "does nothing", f"add one of {', '.join(key for kind in KINDS for key in kind.keys)}")
        for kind in KINDS:
            strays = [name for name in kind.model_fields if name in given and name not in kind.keys]
            for stray in strays if kind not in found else ():
                note((*where, stray), f"'{stray}' says nothing without '{kind.keys[0]}'", key=True)
        last = [kind.keys[0] for kind in found if kind.is_last]
        if len(last) > 1:
            note((*where, last[1]), f"'{last[1]}' never happens after '{last[0]}'", "leave one", key=True)
        for kind in found if self.kind == "sse" else ():
            if not kind.is_streamed:
                note((*where, kind.keys[0]), f"an event stream has no '{kind.keys[0]}'", "use text", key=True)


def _effect(kind: type[EffectSection], section: RuleSection, loading: RuleLoading) -> Effect:
    given = {name: getattr(section, name) for name in kind.model_fields if name in section.model_fields_set}
    return kind.model_construct(**given).load(loading)
