"""What the channels of one definition stand on, once they serve: data, who may come in, how requests are answered."""

from collections.abc import Sequence

from mockserver.formula.scope import Reading
from mockserver.query.caller import Gate
from mockserver.realtime.command import CommandDesk
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Floor:
    """All of it; `prefixes` are those of the API."""

    reading: Reading
    gate: Gate
    desk: CommandDesk
    prefixes: Sequence[str]
    seed: int
