"""The ids of an event stream's messages: the number of each in its channel, in one life of what is remembered there."""

from mockserver.realtime.channel.said import Said
from mockserver.realtime.session import Message

_LONGEST = 15


def write_cursor(life: str, number: int) -> str:
    """The id of a message."""
    return f"{life}.{number}"


def read_cursor(text: str, life: str) -> int | None:
    """The number that an id means; nothing for one of another life, and for what is none."""
    its_life, _, number = text.rpartition(".")
    is_number = number.isascii() and number.isdecimal() and len(number) <= _LONGEST
    return int(number) if is_number and its_life == life else None


class Progress:
    """How far one client has come. Ids never go back: whoever came again with one would be told things twice."""

    __slots__ = ("_life", "_number")

    def __init__(self) -> None:
        self._life = ""
        self._number = 0

    def place(self, message: Message) -> Message:
        """A message as it is to be sent: without its id where a later one has been sent already."""
        if not isinstance(message, Said) or not message.cursor:
            return message
        life, _, number = message.cursor.rpartition(".")
        if life == self._life and int(number) < self._number:
            return message.placed("")
        self._life, self._number = life, int(number)
        return message
