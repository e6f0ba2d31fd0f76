"""The channels that are served now, with all who are connected to them: what one says to many, and says again."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from mockserver.errors import Problem
from mockserver.realtime.channel.agenda import Agenda
from mockserver.realtime.channel.channel import ChangePush, Channel
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.hall import Hall
from mockserver.realtime.channel.news import News
from mockserver.realtime.channel.said import Said
from mockserver.realtime.channel.turn import Line
from mockserver.realtime.session import Message


class Guest(Line, Protocol):
    """One client, as those who run the house deal with it."""

    @property
    def channel(self) -> str:
        """The name of its channel."""
        ...

    @property
    def name(self) -> str:
        """What it is, for those who look on."""
        ...

    def hear(self, message: Message) -> None:
        """Be sent a message."""
        ...

    def fail(self, problem: Problem) -> None:
        """Be told of something that could not be done."""
        ...

    def renew(self, channel: Channel) -> None:
        """Go by a channel that has changed."""
        ...

    def tell(self, push: ChangePush, news: News, cursor: str) -> None:
        """Be pushed a change, as far as it is for this client."""
        ...

    def recall(self, push: ChangePush, news: News) -> Sequence[Said]:
        """What a change that was pushed to others would have been here."""
        ...


@dataclass(slots=True)
class House:
    """All of it; `failures` are sentences about what went wrong in the rules."""

    floor: Floor
    channels: Mapping[str, Channel]
    hall: Hall[Guest]
    agenda: Agenda
    failures: deque[str]

    def note(self, guest: Guest, problem: Problem) -> None:
        """Note what could not be done for a client."""
        self.failures.append(f"{guest.name}: {problem.detail}")

    def publish(
        self, guest: Guest, rooms: Collection[str] | None, saying: Callable[[Line], Said], *, others: bool
    ) -> None:
        """Let a client say something to everybody in these rooms; no rooms are all of its channel."""
        cursor = self._hold(guest, rooms, saying)
        said = shown = None
        for member in self.hall.present(guest.channel, rooms):
            if others and member is guest:
                continue
            try:
                found = saying(member)
            except Problem as problem:
                guest.fail(problem)
                continue
            # What is the same to everybody is made once.
            if found is not said or shown is None:
                said, shown = found, found.placed(cursor) if cursor else found
            member.hear(shown)

    def _hold(self, guest: Guest, rooms: Collection[str] | None, saying: Callable[[Line], Said]) -> str:
        """Keep what is said for those who come later; the place it has on an event stream."""
        channel = self.channels.get(guest.channel)
        if channel is None or not channel.replayed:
            return ""
        most = channel.held(in_room=rooms is not None)
        number = self.hall.hold(guest.channel, rooms, most, partial(self._said_again, guest, saying))
        return self.cursor(channel, number)

    def _said_again(self, guest: Guest, saying: Callable[[Line], Said], member: Guest) -> Sequence[Said]:
        try:
            return (saying(member),)
        except Problem as problem:
            self.note(guest, problem)
            return ()

    def cursor(self, channel: Channel, number: int) -> str:
        """The id of an event of a stream, by which it can be gone on from there."""
        return f"{self.hall.life}.{number}" if channel.is_stream else ""

    def latest(self, guest: Guest, room: str, resumed: int | None) -> list[Said]:
        """What was said lately: all behind the place where a stream broke off, else as much as is told again."""
        channel = self.channels.get(guest.channel)
        if channel is None or not channel.replayed:
            return []
        found: list[Said] = []
        told = 0
        for spoken in reversed(self.hall.held(guest.channel, room)):
            if told == channel.replayed if resumed is None else spoken.number <= resumed:
                break
            said, cursor = spoken.recall(guest), self.cursor(channel, spoken.number)
            found += [one.placed(cursor) if cursor else one for one in reversed(said)]
            told += bool(said)
        return found[::-1]
