"""The channels that are served now, with all who are connected to them: what one says to many, and says again."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from functools import partial
from traceback import print_exception
from typing import Protocol

from mockserver.agenda import Agenda
from mockserver.errors import Problem
from mockserver.realtime.channel.channel import ChangePush, Channel
from mockserver.realtime.channel.cursor import write_cursor
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.hall import Hall
from mockserver.realtime.channel.line import Line
from mockserver.realtime.channel.news import News
from mockserver.realtime.channel.rounds import Rounds
from mockserver.realtime.channel.said import Said
from mockserver.realtime.channel.utterance import Utterance
from mockserver.realtime.close_code import INTERNAL_ERROR
from mockserver.realtime.session import Message
from mockserver.value import dataclass


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

    @property
    def is_over(self) -> bool:
        """Whether it has gone."""
        ...

    def is_admitted(self) -> bool:
        """Whether it may be here, whoever it is by now; who may not is sent away."""
        ...

    def hear(self, message: Message) -> None:
        """Be sent a message at once, whatever else is on its way."""
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
    rounds: Rounds[Guest] = field(init=False)

    def __post_init__(self) -> None:
        self.rounds = Rounds(self.agenda)

    def note(self, guest: Guest, problem: Problem) -> None:
        """Note what could not be done for a client."""
        self.failures.append(f"{guest.name}: {problem.detail}")

    def attend(self, guest: Guest, act: Callable[[], None]) -> None:
        """Do something for one of many clients: a bug in it ends this one, and is nothing to the others."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - the last line of defence; the traceback goes to stderr
            self.failures.append(f"{guest.name}: {type(error).__name__}: {error}")
            print_exception(error)
            guest.close(INTERNAL_ERROR, "The mock server itself failed; its log says more.")

    def publish(
        self, guest: Guest, rooms: Collection[str] | None, utterance: Utterance, *, others: bool
    ) -> None:  # fmt: skip
        """Let a client say something to everybody in these rooms; no rooms are all of its channel."""
        cursor = self._hold(guest.channel, rooms, utterance)
        placed = utterance.placed(cursor) if cursor else utterance
        present = self.hall.present(guest.channel, rooms)
        members = [member for member in present if member is not guest] if others else present
        self.rounds.begin(members, lambda member: self.attend(member, partial(_pass_on, guest, placed, member)))

    def _hold(self, name: str, rooms: Collection[str] | None, utterance: Utterance) -> str:
        """Keep what is said for those who come later; the place it has on an event stream."""
        channel = self.channels.get(name)
        if channel is None or not channel.replayed:
            return ""
        recall = partial(self._say_again, utterance)
        number = self.hall.hold(name, rooms, channel.held(in_room=rooms is not None), recall, utterance.size)
        return self.cursor(channel, number)

    def _say_again(self, utterance: Utterance, member: Guest) -> Sequence[Said]:
        try:
            return (utterance.heard(member.state),)
        except Problem as problem:
            self.note(member, problem)
            return ()

    def hold(self, channel: Channel, push: ChangePush, news: News) -> str:
        """Keep a change that is pushed, for those who come later; the place it has on an event stream."""
        if not channel.replayed:
            return ""
        recall = partial(_recall, push, news)
        return self.cursor(channel, self.hall.hold(channel.name, None, channel.held(in_room=False), recall, news.size))

    def cursor(self, channel: Channel, number: int) -> str:
        """The id of an event of a stream, by which it can be gone on from there."""
        return write_cursor(self.hall.life, number) if channel.is_stream else ""

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
            if any(other in guest.rooms for other in spoken.rooms if other != room):
                # It was said in several rooms, and told in another of them.
                continue
            said, cursor = spoken.what(guest), self.cursor(channel, spoken.number)
            found += [one.placed(cursor) if cursor else one for one in reversed(said)]
            told += bool(said)
        return found[::-1]


def _pass_on(speaker: Guest, utterance: Utterance, member: Guest) -> None:
    """Let somebody hear what somebody says."""
    if not member.is_admitted():
        return
    try:
        said = utterance.heard(member.state)
    except Problem as problem:
        speaker.fail(problem)
    else:
        member.hear(said)


def _recall(push: ChangePush, news: News, member: Guest) -> Sequence[Said]:
    return member.recall(push, news)
