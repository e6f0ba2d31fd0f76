"""What was said lately in one channel: in each of its rooms, and to all. Knows neither clients nor definitions."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from mockserver.value import dataclass

T = TypeVar("T")

MOST_BYTES: Final = 4 * 1024 * 1024
"""So much is held; of more the oldest is forgotten."""
_MOST_ROOMS: Final = 1000
"""So many rooms are remembered by what was said in them; of more the longest silent is forgotten."""
_EACH_BYTES: Final = 500
"""What holding something costs by itself."""


@dataclass(eq=False, slots=True)
class Spoken(Generic[T]):
    """Something that was said, with its number and the rooms it was said in; in so many `places` of them it is held."""

    number: int
    what: T
    rooms: tuple[str, ...]
    size: int
    places: int


class Recollection(Generic[T]):
    """What is held of one channel; the room without a name is all of it."""

    __slots__ = ("_bytes", "_held", "_number", "_rooms")

    def __init__(self) -> None:
        self._number = 0
        self._bytes = 0
        self._held: OrderedDict[int, Spoken[T]] = OrderedDict()
        self._rooms: OrderedDict[str, deque[Spoken[T]]] = OrderedDict()

    def hold(self, what: T, size: int, rooms: Iterable[str], most: int) -> int:
        """Hold something of so many bytes, at most so much of it in a room; its number."""
        self._number += 1
        places = tuple(dict.fromkeys(rooms))
        spoken = Spoken(self._number, what, places, size + _EACH_BYTES, len(places))
        if places:
            self._held[spoken.number] = spoken
            self._bytes += spoken.size
        for room in places:
            self._put(room, spoken, most)
        while len(self._rooms) > _MOST_ROOMS:
            for one in self._rooms.popitem(last=False)[1]:
                self._let_go(one)
        while self._bytes > MOST_BYTES:
            self._forget_oldest()
        return self._number

    def held(self, room: str) -> list[Spoken[T]]:
        """What was said in a room lately."""
        return list(self._rooms.get(room, ()))

    def _put(self, room: str, spoken: Spoken[T], most: int) -> None:
        held = self._rooms.setdefault(room, deque())
        self._rooms.move_to_end(room)
        held.append(spoken)
        while len(held) > most:
            self._let_go(held.popleft())

    def _let_go(self, spoken: Spoken[T]) -> None:
        """Something is held in one room less."""
        spoken.places -= 1
        if not spoken.places:
            del self._held[spoken.number]
            self._bytes -= spoken.size

    def _forget_oldest(self) -> None:
        _, spoken = self._held.popitem(last=False)
        self._bytes -= spoken.size
        for room in spoken.rooms:
            # Where it still is, nothing older can be before it.
            held = self._rooms.get(room)
            if held and held[0] is spoken:
                held.popleft()
                if not held:
                    del self._rooms[room]
