"""Where the messages of one connection meet faults: each passes at once, later, behind the next, or not at all.

Knows the connection by its two ends only, and asks about each message what befalls it.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from mockserver.agenda import Agenda
from mockserver.faults.course import Course
from mockserver.faults.occasion import Direction
from mockserver.realtime.channel.said import BREATH
from mockserver.realtime.close_code import TRY_AGAIN_LATER
from mockserver.realtime.frame import Frame
from mockserver.realtime.label import labels_of
from mockserver.realtime.session import Message
from mockserver.server.fault.frame import altered_in, altered_out
from mockserver.server.fault.lane import Lane, Room
from mockserver.server.limits import Limits
from mockserver.server.socket.conversation import Conversation

M = TypeVar("M", bound=Message)

Decide: TypeAlias = Callable[[Direction, tuple[str, ...]], Course | None]
"""What befalls the next message, by where it goes and what it may be called."""


class Gate:
    """Implements the gate of a conversation. `finish` is told of a message in whose place the connection ends.

    It is made in a moment, as thousands may be at once: what keeps messages is there when there is one to keep.
    """

    __slots__ = ("_agenda", "_decide", "_finish", "_in", "_is_shut", "_keeps", "_limits", "_out", "_room", "_talk")

    def __init__(
        self, talk: Conversation, agenda: Agenda, limits: Limits, decide: Decide, finish: Callable[[Course], None]
    ) -> None:
        self._talk = talk
        self._agenda = agenda
        self._limits = limits
        self._decide = decide
        self._finish = finish
        self._room: Room | None = None
        self._out: Lane[Message] | None = None
        self._in: Lane[str | bytes] | None = None
        self._is_shut = False
        self._keeps = True

    def send(self, message: Message) -> Sequence[Message]:
        """What goes out now that the session says this. A sign of life that is no message passes in any case."""
        if message is BREATH:
            return (message,)
        if isinstance(message, Frame):
            self._talk.traffic.flow.say(message)
        course = self._ask("out", message.labels if isinstance(message, Frame) else labels_of(message))
        messages = () if self._is_shut else altered_out(course, message)
        if not messages or (self._out is None and not course.keeps):
            return messages
        if self._out is None:
            self._out = Lane(self._agenda, self._shared_room(), self._talk.emit)
        return self._pass(self._out, course, messages)

    def receive(self, message: str | bytes) -> Sequence[str | bytes]:
        """What the session hears now that the client says this."""
        course = self._ask("in", labels_of(message))
        messages = () if self._is_shut else altered_in(course, message)
        if not messages or (self._in is None and not course.keeps):
            return messages
        if self._in is None:
            self._in = Lane(self._agenda, self._shared_room(), self._talk.deliver)
        return self._pass(self._in, course, messages)

    def let_go(self) -> Sequence[Message]:
        """What has been kept on its way out, in its order; nothing is kept from now on."""
        self._keeps = False
        self.let_in()
        return () if self._out is None else self._out.let_go()

    def let_in(self) -> Sequence[str | bytes]:
        """What has been kept on its way in, in its order."""
        return () if self._in is None else self._in.let_go()

    def release(self, goes_on: Callable[[Course], bool]) -> None:
        """Let pass what was kept by faults that are over."""
        for lane in (self._out, self._in):
            if lane is not None:
                lane.release(goes_on)

    def stop(self) -> None:
        """Let nothing pass any more, and forget what was kept."""
        self._is_shut = True
        self.let_go()

    def _ask(self, direction: Direction, labels: tuple[str, ...]) -> Course:
        """What befalls a message; where its place is the connection's end, that has come then."""
        course = None if self._is_shut else self._decide(direction, labels)
        if course is None:
            return Course("frame")
        if course.finish is not None:
            # An orderly end lets out before it what is kept.
            self._finish(course)
            self.stop()
        return course

    def _shared_room(self) -> Room:
        if self._room is None:
            self._room = Room(self._limits)
        return self._room

    def _pass(self, lane: Lane[M], course: Course, messages: Sequence[M]) -> Sequence[M]:
        """What goes on now on a lane on which something is kept, or is to be."""
        if not self._keeps or not course.keeps:
            return lane.follow(messages)
        if self._shared_room().is_full:
            self.stop()
            self._talk.hurry(TRY_AGAIN_LATER, "More messages are delayed than are kept.")
            return ()
        if course.delay_s > 0:
            lane.delay(messages, course)
            return ()
        return lane.swap(messages, course)
