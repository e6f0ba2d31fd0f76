"""The faults of one sandbox: which are on, what they make of an occasion, and who is told when that changes.

Pure: it is asked and told, and neither waits nor sends. Its clocks are handed in.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Final

from mockserver.errors import Conflict
from mockserver.faults.asking import Asking
from mockserver.faults.course import Course, Outage
from mockserver.faults.fault import Fault, Place
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.outage import Outages
from mockserver.faults.preference import Preferences
from mockserver.faults.preset import preset_faults
from mockserver.faults.roster import Roster
from mockserver.faults.run import Run
from mockserver.faults.slot import Moment, Slot
from mockserver.faults.state import State
from mockserver.messages import Json

_NO_LESS_S: Final = 0.005
"""What is due is looked at no sooner: a clock that stands still just before it must not be asked without a pause."""


class Faults:
    """All faults of a sandbox: `declared` are its definition's; `presets` are the shipped ones unless they are given.

    `is_quiet` says that nothing is on, so that nobody has to be asked. `revision` grows with every change. Where it
    `is_barred`, none ever acts.
    """

    def __init__(
        self,
        declared: Mapping[str, Fault],
        seed: int,
        elapsed: Callable[[], float],
        real: Callable[[], float] = monotonic,
        presets: Mapping[str, Fault] | None = None,
    ) -> None:
        self.is_barred = False
        self.is_quiet = True
        self.breaks_connections = False
        self.revision = 0
        self._elapsed = elapsed
        self._real = real
        self._clock_s, self._age_s = elapsed(), 0.0
        self._ended = 0
        self._due: Moment | None = None
        self._watchers: dict[object, Callable[[], None]] = {}
        self._table: dict[Place, tuple[tuple[Slot, Run], ...]] = {}
        self._outages = Outages()
        self._roster = Roster(declared, seed, preset_faults() if presets is None else presets, self._now())
        self._asking = Asking(self._roster)
        # Setting up is the first change.
        self.revision += 1
        self._settle()

    @property
    def presets(self) -> Mapping[str, Fault]:
        """What may be switched on by its name without having been set."""
        return self._roster.presets

    # What happens.

    def decide(self, occasion: Occasion, asked: Preferences | None = None, since: int = -1) -> Course | None:
        """What happens; nothing where no rule is for this. `asked` is what the request itself wants.

        `since` leaves out the faults that were on already at that revision. *Raises* `UnknownFault` for what is asked.
        """
        if self.is_quiet and asked is None:
            return None
        now = self._keep_up()
        course, is_decided, names = None, False, frozenset[str]()
        if asked is not None and not self.is_barred:
            own = asked.fault()
            names = frozenset(asked.names if own is None else (*asked.names, own.name))
            course = self._begin(occasion, now, names)
            is_decided = self._asking.act(course, occasion, asked.names, own)
        for slot, run in self._table.get((occasion.scope, occasion.transport), ()):
            # What is asked for by name has had its turn.
            if slot.armed <= since or run.fault in names or not run.rule.match.takes(occasion):
                continue
            course = course or self._begin(occasion, now)
            is_decided |= run.decide(course, occasion, course.at_s - slot.since_s, is_decided=is_decided)
        return course if course is not None and course.decisions else None

    def watches(self, scope: Scope, transport: Transport, asked: Preferences | None = None) -> bool:
        """Whether any rule acts there that is on, or that is asked for."""
        place = scope, transport
        return place in self._table or (
            asked is not None and not self.is_barred and self._asking.acts(asked.names, place)
        )

    def last_armed(self, scope: Scope) -> int:
        """The change by which the newest rule came on of those that are on and have this scope; 0 where none is."""
        found = (slot.armed for place, pairs in self._table.items() if place[0] == scope for slot, _ in pairs)
        return max(found, default=0)

    def is_on(self, name: str) -> bool:
        """Whether a fault is on."""
        self._keep_up()
        slot = self._roster.slots.get(name)
        return slot is not None and slot.enabled and not self.is_barred

    def goes_on(self, course: Course, name: str) -> bool:
        """Whether what a fault does by a course goes on: it has not been switched off since, nor set anew.

        What a request has asked for ends when everything is switched off.
        """
        if name in course.asked:
            return course.revision >= self._ended
        return self.is_on(name) and self._roster.slots[name].armed <= course.revision

    def awaiting(self, occasion: Occasion, names: Sequence[str]) -> list[str]:
        """Those of these faults that are for the connection of an occasion, or for messages on it."""
        return [name for name in names if self._asking.awaits(name, occasion)]

    def outages(self) -> Sequence[Outage]:
        """What keeps the listener closed now."""
        self._keep_up()
        return self._outages.now

    # What there is.

    def __iter__(self) -> Iterator[State]:
        """The faults that are set: those of the definition in its order, then the others."""
        self.advance()
        return iter([self._state(slot) for slot in self._roster.slots.values()])

    def __len__(self) -> int:
        return len(self._roster.slots)

    def get(self, name: str) -> State:
        """One of them. *Raises* `UnknownFault`."""
        self.advance()
        return self._state(self._roster.find(name))

    def to_json(self) -> list[Json]:
        """All of them as the control plane shows them."""
        return [state.describe() for state in self]

    # Switching.

    def put(self, name: str, fault: Fault, ttl_s: float | None = None) -> State:
        """Set a fault at run time; one that does the same as the one there was goes on counting.

        *Raises* `Conflict` where none may be set, `BadRequest` for a time that is none.
        """
        if fault.enabled:
            self._refuse_barred()
        return self._changed(self._roster.put(fault.named(name), "runtime", ttl_s, self._now()))

    def enable(self, name: str, ttl_s: float | None = None) -> State:
        """Switch a fault on for a time; a preset that is not set is set. *Raises* `UnknownFault`, else as `put`."""
        self._refuse_barred()
        return self._changed(self._roster.enable(name, ttl_s, self._now()))

    def disable(self, name: str) -> State:
        """Switch a fault off. *Raises* `UnknownFault`."""
        slot = self._roster.find(name)
        slot.switch_off()
        return self._changed(slot)

    def restart(self, name: str) -> State:
        """Have a fault count and draw from the beginning, and forget what it remembers. *Raises* `UnknownFault`."""
        slot = self._roster.find(name)
        slot.begin(self._roster.seed)
        return self._changed(slot)

    def remove(self, name: str) -> None:
        """Undo what was set at run time, or switch off what the definition declares. *Raises* `UnknownFault`."""
        self._roster.remove(name, self._now())
        self._change()

    def off(self) -> list[str]:
        """Switch everything off, what requests have asked for with it; the names of those that were on."""
        names = self._roster.off()
        self._end_all()
        return [] if self.is_barred else names

    def reset(self) -> None:
        """As the definition has it, counting from the beginning."""
        self._roster.reset(self._now())
        self._end_all()

    def set_exactly(self, names: Sequence[str], ago_s: float = 0.0) -> None:
        """Have these on and no others, without an end; one that comes on counts from the beginning.

        Its windows are counted from so long ago. *Raises* `UnknownFault`, having changed nothing.
        """
        now = self._now()
        self._roster.set_exactly(names, replace(now, clock_s=now.clock_s - ago_s))
        self._change()

    def declare(self, declared: Mapping[str, Fault], seed: int) -> None:
        """Go by another definition: what is the same in it stays as it is, what was set at run time too."""
        self._roster.declare(declared, seed, self._now())
        self._asking.clear()
        self._change()

    def bar(self) -> None:
        """Have none act from now on, whatever is set."""
        self.is_barred = True
        self._end_all()

    def close(self) -> None:
        """Let go of everything, for good."""
        self._roster.clear()
        self._end_all()
        self._watchers.clear()

    # Time.

    def advance(self) -> None:
        """Do what is due by now: end what has had its time, begin and end outages."""
        now = self._now()
        has_expired = self._roster.expire(now)
        if has_expired or self._outages.look(now):
            self._change()
        else:
            self._plan(now)

    def next_due_s(self) -> float | None:
        """In how many seconds something is due, by the clock that gets there first; nothing when nothing is."""
        return None if self._due is None else max(self._now().left_s(self._due), _NO_LESS_S)

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` after every change until the returned function is called; it must not block."""
        token = object()
        self._watchers[token] = notify

        def stop() -> None:
            self._watchers.pop(token, None)

        return stop

    # What all this stands on.

    def _now(self) -> Moment:
        """Now, and what the next change is; a clock that is set back makes nothing younger."""
        clock_s = self._elapsed()
        self._age_s += max(0.0, clock_s - self._clock_s)
        self._clock_s = clock_s
        return Moment(self._age_s, self._real(), self.revision + 1)

    def _plan(self, now: Moment) -> None:
        """Find out when there is something to do next."""
        due = [now.left_s(slot.ends) for slot in self._roster.slots.values() if slot.ends is not None]
        edge_s = self._outages.next_due_s(now)
        due += [] if edge_s is None else [edge_s]
        self._due = now.plus(min(due)) if due else None

    def _keep_up(self) -> Moment:
        """Do what is due, if anything is; now."""
        now = self._now()
        if self._due is None or now.left_s(self._due) > 0:
            return now
        self.advance()
        return self._now()

    def _state(self, slot: Slot) -> State:
        return slot.state(self._now(), is_barred=self.is_barred)

    def _begin(self, occasion: Occasion, now: Moment, asked: frozenset[str] = frozenset()) -> Course:
        return Course(occasion.scope, at_s=now.clock_s, revision=self.revision, asked=asked)

    def _refuse_barred(self) -> None:
        if self.is_barred:
            raise Conflict("No fault may be switched on: the server was started with --no-faults.")

    def _changed(self, slot: Slot) -> State:
        self._change()
        return self._state(slot)

    def _end_all(self) -> None:
        """What requests have asked for has an end with the change that follows."""
        self._asking.clear()
        self._ended = self.revision + 1
        self._change()

    def _change(self) -> None:
        """Another revision: go by what is on now, and tell everybody."""
        self.revision += 1
        self._settle()
        for notify in tuple(self._watchers.values()):
            try:
                notify()
            except Exception:  # noqa: BLE001 - what has changed has changed, and the others are to know
                sys.excepthook(*sys.exc_info())

    def _settle(self) -> None:
        """Make what is looked at for every occasion."""
        slots = self._roster.slots.values()
        on = [] if self.is_barred else sorted((slot for slot in slots if slot.enabled), key=lambda slot: slot.rank)
        table: dict[Place, list[tuple[Slot, Run]]] = {}
        for slot in on:
            for run in slot.runs:
                for place in run.rule.acts:
                    table.setdefault(place, []).append((slot, run))
        self._table = {place: tuple(found) for place, found in table.items()}
        self._outages.follow(on)
        now = self._now()
        self._outages.look(now)
        self._asking.forget()
        self._plan(now)
        self.breaks_connections = any(run.rule.breaks_connections for slot in on for run in slot.runs)
        self.is_quiet = not on
