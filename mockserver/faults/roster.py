"""The faults that are set in a sandbox, and every way to switch them. Knows no clock: when it is, it is told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from mockserver.errors import BadRequest, Conflict, FieldError, suggestion
from mockserver.faults.fault import DAY_S, Fault
from mockserver.faults.slot import Moment, Slot
from mockserver.faults.state import Source

MOST_SET: Final = 100
"""How many faults may be set at run time in one sandbox."""
USUAL_TTL_S: Final = 15 * 60.0
"""How long a fault stays that was set or switched on at run time and does not say."""


class UnknownFault(BadRequest, LookupError):
    """No fault has this name; the message names the nearest."""


class Roster:
    """Slots by name: those of the definition in its order, then those set at run time."""

    def __init__(self, declared: Mapping[str, Fault], seed: int, presets: Mapping[str, Fault], now: Moment) -> None:
        self.presets = presets
        self.seed = seed
        self._declared = dict(declared)
        self._orders = 0
        self.slots: dict[str, Slot] = {}
        self.reset(now)

    def __contains__(self, name: str) -> bool:
        """Whether a name is that of a fault that is set, or of a preset."""
        return name in self.slots or name in self.presets

    def find(self, name: str) -> Slot:
        """The fault that is set. *Raises* `UnknownFault`."""
        if name not in self.slots:
            raise _unknown(name, self.slots)
        return self.slots[name]

    def known(self, name: str) -> Fault:
        """A fault that is set, or a preset. *Raises* `UnknownFault`."""
        if name in self.slots:
            return self.slots[name].fault
        if name not in self.presets:
            raise _unknown(name, (*self.slots, *self.presets))
        return self.presets[name]

    def put(self, fault: Fault, source: Source, ttl_s: float | None, now: Moment) -> Slot:
        """Set a fault in place of what has its name; if that does the same, it is only told anew how long to stay.

        *Raises* `Conflict` where there is no room, `BadRequest` for a time that is none.
        """
        chosen_s = _ttl_of(fault, ttl_s)
        slot = self.slots.get(fault.name)
        if slot is None:
            slot = self._add(fault, source)
        elif slot.source == "file" or slot.fault.content != fault.content:
            before, slot = slot, self._place(fault, source)
            if before.fault.content == fault.content:
                slot.go_on_from(before)
        slot.fault, slot.source, slot.ttl_s = fault, source, ttl_s
        if fault.enabled:
            slot.switch_on(now, chosen_s)
        else:
            slot.switch_off()
            slot.end_in(now, None)
        return slot

    def enable(self, name: str, ttl_s: float | None, now: Moment) -> Slot:
        """Switch a fault on for a time; a preset that is not set is set. *Raises* as `put`, and `UnknownFault`."""
        if name not in self.slots:
            return self.put(self.known(name).switched_on(), "preset", ttl_s, now)
        slot = self.slots[name]
        stays = slot.enabled and slot.ends is None and ttl_s is None
        slot.switch_on(now, None if stays else _ttl_of(slot.fault, ttl_s))
        slot.ttl_s = ttl_s
        return slot

    def remove(self, name: str, now: Moment) -> None:
        """Undo what was set at run time; a fault of the definition that is as it was declared, is switched off.

        *Raises* `UnknownFault`.
        """
        slot = self.find(name)
        if slot.source == "file":
            slot.switch_off()
        else:
            self._give_back(slot, now)

    def off(self) -> list[str]:
        """Switch everything off; the names of those that were on."""
        found = [name for name, slot in self.slots.items() if slot.enabled]
        for name in found:
            self.slots[name].switch_off()
        return found

    def reset(self, now: Moment) -> None:
        """As the definition has it, counting from the beginning."""
        self.slots = {}
        for order, fault in enumerate(self._declared.values()):
            slot = self.slots[fault.name] = Slot(fault, "file", order, self.seed)
            if fault.enabled:
                slot.switch_on(now, fault.ttl_s)

    def set_exactly(self, names: Sequence[str], now: Moment) -> None:
        """Have these on and no others, for good; one that comes on counts from the beginning. *Raises* as `known`."""
        wanted = {name: self.known(name) for name in names}
        for name, slot in tuple(self.slots.items()):
            if name not in wanted and slot.source != "file":
                self._give_back(slot, now)
            if name not in wanted and name in self.slots:
                self.slots[name].switch_off()
        for name, fault in wanted.items():
            slot = self.slots.get(name) or self._add(fault, "preset")
            if not slot.enabled:
                slot.begin(self.seed)
            slot.switch_on(now, None)

    def declare(self, declared: Mapping[str, Fault], seed: int, now: Moment) -> None:
        """Go by another definition: what is the same in it stays as it is, and what was set at run time.

        A fault that does something else now is on or off as it was, unless that is declared to be otherwise.
        """
        before, is_same_seed = self.slots, seed == self.seed
        self._declared, self.seed = dict(declared), seed
        self.reset(now)
        for name, slot in before.items():
            own = self.slots.get(name)
            if slot.source != "file" or (own is not None and own.fault == slot.fault):
                slot.order = slot.order if own is None or slot.source != "file" else own.order
                self.slots[name] = slot
            elif own is not None:
                own.succeed(slot, now)
        if not is_same_seed:
            for slot in self.slots.values():
                slot.begin(seed)

    def clear(self) -> None:
        """Forget everything, the definition's faults as well."""
        self._declared.clear()
        self.slots.clear()

    def expire(self, now: Moment) -> bool:
        """End what has had its time; whether anything has."""
        over = [slot for slot in self.slots.values() if slot.ends is not None and now.left_s(slot.ends) <= 0]
        for slot in over:
            slot.ends = None
            if slot.source != "file":
                self._give_back(slot, now)
            elif not _is_on_for_good(self._declared[slot.fault.name]):
                slot.switch_off()
        return bool(over)

    def _add(self, fault: Fault, source: Source) -> Slot:
        set_now = sum(slot.source != "file" for slot in self.slots.values())
        if set_now >= MOST_SET:
            raise Conflict(f"There is no room for '{fault.name}': {MOST_SET} faults are set at run time already.")
        return self._place(fault, source)

    def _place(self, fault: Fault, source: Source) -> Slot:
        self._orders += 1
        slot = self.slots[fault.name] = Slot(fault, source, self._orders, self.seed)
        return slot

    def _give_back(self, slot: Slot, now: Moment) -> None:
        """Put the definition's own in place of what was set under its name, if there is one."""
        name = slot.fault.name
        declared = self._declared.get(name)
        if declared is None:
            del self.slots[name]
            return
        own = self.slots[name] = Slot(declared, "file", [*self._declared].index(name), self.seed)
        if _is_on_for_good(declared):
            own.switch_on(now, None)


def _is_on_for_good(declared: Fault) -> bool:
    """Whether a fault of the definition is on when nobody has switched it; one with a time has had that."""
    return declared.enabled and declared.ttl_s is None


def _ttl_of(fault: Fault, ttl_s: float | None) -> float:
    chosen_s = ttl_s if ttl_s is not None else fault.ttl_s or USUAL_TTL_S
    if not 0 < chosen_s <= DAY_S:
        problem = "should be longer than 0s and at most 24h"
        raise BadRequest(f"The ttl {problem}.", [FieldError(problem, "/ttl")])
    return chosen_s


def _unknown(name: str, known: Iterable[str]) -> UnknownFault:
    hint = suggestion(name, known)
    return UnknownFault(f"There is no fault '{name}'{f'; {hint}' if hint else '.'}")
