"""`broadcast: {…}`: says something to everybody in the rooms; `broadcast_text` and `broadcast_bytes` as it is."""

from collections.abc import Callable
from typing import Any, ClassVar

from mockserver.formula.formula import Formula
from mockserver.formula.names import Meaning
from mockserver.generation.shape import ANY
from mockserver.realtime.channel.binary import load_binary
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.room import rooms_of
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.said import Said, said_bytes, said_json, said_text
from mockserver.realtime.channel.turn import Turn
from mockserver.realtime.channel.utterance import THEIR, Frozen, Own, Same, Utterance
from mockserver.value import dataclass


@effects.register("broadcast")
class BroadcastSection(EffectSection):
    """`to` are the rooms: those that one is in unless said, and all of the channel where one is in none.

    `others` leaves oneself out. In what is said `their` is what whoever hears it remembers.
    """

    place: ClassVar[int] = 60
    keys: ClassVar[tuple[str, ...]] = ("broadcast", "broadcast_text", "broadcast_bytes")

    broadcast: Any = None
    """Says a value as JSON to everybody in the rooms."""
    broadcast_text: Any = None
    """Says a text as it is."""
    broadcast_bytes: Any = None
    """Says bytes."""
    to: Any = None
    """The rooms: those one is in, unless given; of no room, all of the channel."""
    others: bool = False
    """Leaves oneself out."""

    def load(self, loading: RuleLoading) -> Effect:
        given = self.model_fields_set
        more: dict[str, Meaning] = {THEIR: loading.names.known.get("state", ANY)}
        sayings: list[_Saying] = []
        if "broadcast" in given:
            value = loading.json(self.broadcast, "broadcast", more)
            sayings.append(_Saying(lambda scope: said_json(value.value(scope), scope.event), value.ends))
        if "broadcast_text" in given:
            text = loading.text(self.broadcast_text, "broadcast_text", more)
            sayings.append(_Saying(lambda scope: said_text(text.text(scope), scope.event), text.ends))
        if "broadcast_bytes" in given:
            binary = load_binary(loading, self.broadcast_bytes, "broadcast_bytes", more)
            sayings.append(_Saying(lambda scope: said_bytes(binary.data(scope)), binary.value.ends))
            if loading.kind == "sse":
                loading.note("broadcast_bytes", "an event stream carries no bytes", "use broadcast_text", at_key=True)
        to = loading.formula(self.to, "to") if "to" in given else None
        return _Broadcast(tuple(sayings), to, self.others)


@dataclass(frozen=True, slots=True)
class _Saying:
    """One message, and the ways that its expressions take."""

    write: Callable[[Turn | Frozen], Said]
    ends: frozenset[tuple[str, ...]]

    def utterance(self, turn: Turn) -> Utterance:
        """It, as it is now. *Raises* `ServerError` where it is the same to everybody and can't be made."""
        if any(way[0] == THEIR for way in self.ends):
            return Own(self.write, turn.frozen(self.ends))
        return Same(self.write(turn))


@dataclass(frozen=True, slots=True)
class _Broadcast:
    sayings: tuple[_Saying, ...]
    to: Formula | None
    others: bool

    def act(self, turn: Turn) -> None:
        rooms = tuple(turn.line.rooms) or None if self.to is None else rooms_of(self.to, turn)
        for saying in self.sayings:
            turn.line.publish(rooms, saying.utterance(turn), others=self.others)
