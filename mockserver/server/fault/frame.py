"""What is left of a message that a fault has had its hands on. Pure: what it is on the wire is not known here."""

from collections.abc import Callable, Sequence
from functools import reduce

from mockserver.faults.course import Course, Payload
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message


def size_of(message: Message) -> int:
    """How many bytes a message has, about."""
    return len(message.data if isinstance(message, Frame) else message)


def altered_out(course: Course, message: Message) -> tuple[Message, ...]:
    """What a client is sent in place of a message."""
    if not course.spoils:
        return (message,) * course.copies
    if isinstance(message, Frame):
        return (message.spoiled(lambda payload: _spoil(course.spoils, payload)),) * course.copies
    return altered_in(course, message)


def altered_in(course: Course, message: Payload) -> tuple[Payload, ...]:
    """What a session hears in place of a message."""
    return (_spoil(course.spoils, message),) * course.copies


def _spoil(changes: Sequence[Callable[[Payload], Payload]], payload: Payload) -> Payload:
    """The payload with all that was done to it; a text stays one, or its frame would be broken too."""
    spoiled = reduce(lambda before, change: change(before), changes, payload)
    if isinstance(payload, str) and isinstance(spoiled, bytes):
        return spoiled.decode("utf-8", "replace")
    return spoiled
