"""Who tells the hub what happens: what the parts of a server show to whoever watches them, as events.

Watches only while anybody reads.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain

from mockserver.messages import Json
from mockserver.sandbox.journal import Entry as Exchange
from mockserver.sandbox.scenario.player import Said
from mockserver.server.control.hub import Hub
from mockserver.server.control.secret import show_fault
from mockserver.server.service import Instance, Service
from mockserver.server.socket.conversation import Entry
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.register import Sockets
from mockserver.server.timekeeping import tell_time

Stop = Callable[[], None]


class Observer:
    """Publishes what happens in every sandbox, those that begin later included."""

    def __init__(self, hub: Hub, service: Service, sockets: Sockets) -> None:
        self._hub = hub
        self._service = service
        self._sockets = sockets
        self._stops: dict[str, list[Stop]] = {}
        hub.draw_from(self._begin)
        service.follow(self._meet)

    def part(self, sandbox: str) -> None:
        """Tell that a sandbox has ended."""
        for stop in self._stops.pop(sandbox, ()):
            stop()
        self._hub.publish("sandbox", sandbox, lambda: {"change": "ended"})

    def _begin(self) -> Stop:
        for instance in self._service.instances():
            self._watch(instance)
        stop_sockets = self._sockets.watch(self._note_socket)

        def stop() -> None:
            stop_sockets()
            stops, self._stops = self._stops, {}
            for one in chain.from_iterable(stops.values()):
                one()

        return stop

    def _meet(self, instance: Instance) -> None:
        """A sandbox has begun."""
        if not self._hub.is_quiet:
            self._watch(instance)
            self._hub.publish("sandbox", instance.name, lambda: {"change": "began"})

    def _watch(self, instance: Instance) -> None:
        name = instance.name
        self._stops[name] = [
            instance.journal.watch(self._note_exchange),
            instance.journal.watch_clearing(partial(self._note_clearing, instance)),
            instance.overhear(partial(self._note_event, name)),
            instance.play.watch(partial(self._note_switch, instance)),
            instance.play.hear(partial(self._note_said, name)),
            instance.faults.watch(partial(self._note_faults, instance)),
            instance.clock.watch(partial(self._note_clock, instance)),
            instance.snapshots.watch(partial(self._note_snapshots, instance)),
        ]

    def _note_exchange(self, entry: Exchange) -> None:
        self._hub.publish("request", entry.sandbox, entry.to_json)

    def _note_clearing(self, instance: Instance) -> None:
        """Those up to a number are forgotten: others may have been told in the same moment."""
        self._hub.publish("journal", instance.name, lambda: {"change": "cleared", "until": instance.journal.recorded})

    def _note_event(self, sandbox: str, event: Mapping[str, Json]) -> None:
        self._hub.publish("event", sandbox, lambda: event)

    def _note_switch(self, instance: Instance) -> None:
        self._hub.publish("scenario", instance.name, lambda: {"name": instance.scenario})

    def _note_said(self, sandbox: str, said: Said) -> None:
        self._hub.publish("say", sandbox, lambda: {"text": said.text, "step": said.step, "at_s": said.at_s})

    def _note_faults(self, instance: Instance) -> None:
        self._hub.publish("fault", instance.name, lambda: {"faults": [show_fault(state) for state in instance.faults]})

    def _note_clock(self, instance: Instance) -> None:
        self._hub.publish("clock", instance.name, lambda: tell_time(instance.clock))

    def _note_snapshots(self, instance: Instance) -> None:
        self._hub.publish("snapshot", instance.name, lambda: {"snapshots": [one.name for one in instance.snapshots]})

    def _note_socket(self, entry: Entry, ending: Ending | None) -> None:
        self._hub.publish("socket", entry.conversation.sandbox, partial(_tell_socket, entry, ending))


def _tell_socket(entry: Entry, ending: Ending | None) -> dict[str, Json]:
    shown = entry.describe()
    if ending is None:
        return {"change": "opened", **shown}
    ended: Json = {"by": ending.by, "how": ending.how, "code": ending.code, "reason": ending.reason}
    return {"change": "closed", **shown, "ending": ended}
