"""Who is connected to which channel and in which room, and what was said there lately. Knows nothing of definitions."""

from collections.abc import Callable, Collection, Iterator, Sequence
from secrets import token_hex
from typing import Generic, Protocol, TypeAlias, TypeVar

from mockserver.realtime.channel.recollection import Recollection, Spoken
from mockserver.realtime.channel.said import Said


class Member(Protocol):
    """Somebody who is connected."""

    @property
    def channel(self) -> str:
        """The name of the channel."""
        ...


M = TypeVar("M", bound=Member)

Recall: TypeAlias = Callable[[M], Sequence[Said]]
"""What something that was said is to somebody, nothing where it is not for them."""


class Hall(Generic[M]):
    """The members of all channels of one sandbox, in the order they came."""

    __slots__ = ("_members", "_recollections", "_rooms", "life")

    def __init__(self) -> None:
        self._members: dict[str, dict[M, None]] = {}
        self._rooms: dict[tuple[str, str], dict[M, None]] = {}
        self.forget()

    def forget(self) -> None:
        """Remember nothing of what was said; `life` names the time since."""
        self.life = token_hex(4)
        self._recollections: dict[str, Recollection[Recall[M]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._members.values()))

    def __iter__(self) -> Iterator[M]:
        return iter([member for members in self._members.values() for member in members])

    def enter(self, member: M) -> None:
        """Be connected from now on."""
        self._members.setdefault(member.channel, {})[member] = None

    def go(self, member: M, rooms: Collection[str]) -> None:
        """Be connected no more, nor in any of these rooms."""
        for room in rooms:
            self.leave(member, room)
        members = self._members.get(member.channel, {})
        members.pop(member, None)
        if not members:
            self._members.pop(member.channel, None)

    def join(self, member: M, room: str) -> None:
        """Come into a room."""
        self._rooms.setdefault((member.channel, room), {})[member] = None

    def leave(self, member: M, room: str) -> None:
        """Leave a room."""
        place = (member.channel, room)
        members = self._rooms.get(place, {})
        members.pop(member, None)
        if not members:
            self._rooms.pop(place, None)

    def members(self, channel: str) -> list[M]:
        """All of a channel."""
        return list(self._members.get(channel, ()))

    def present(self, channel: str, rooms: Collection[str] | None) -> list[M]:
        """Those in any of the rooms, each once; no rooms are all of the channel."""
        if rooms is None:
            return self.members(channel)
        if len(rooms) == 1:
            return [member for room in rooms for member in self._rooms.get((channel, room), ())]
        return list(dict.fromkeys(member for room in rooms for member in self._rooms.get((channel, room), ())))

    def hold(self, channel: str, rooms: Collection[str] | None, most: int, recall: Recall[M], size: int) -> int:
        """Remember something said, for those who come later, at most so many of it in a room; its number."""
        held = self._recollections.get(channel)
        if held is None:
            held = self._recollections[channel] = Recollection()
        return held.hold(recall, size, ("",) if rooms is None else rooms, most)

    def held(self, channel: str, room: str) -> list[Spoken[Recall[M]]]:
        """What was said in a room lately, or, without one, to all of the channel."""
        found = self._recollections.get(channel)
        return [] if found is None else found.held(room)
