"""Small real sessions to stand behind real sockets in tests: `/echo` says what it is told, `/do` does it (anything may
stand behind, as in `/do/this-test`).

Handshakes name the terms in their query: `deflate`, `limit`, `beat`, `subprotocols`. `/refuse/503` is refused with that
status, `/boom` breaks; `/raise/open`, `/raise/beat` and `/raise/end` do so only then. What `/do` understands:
`close 4001 why`, `drop`, `reset`, `stall`, `raise`, `push 3 1000` and `play 3 1000` (messages and their size), `trap 2`
(play that many and then raise), `both 1000 1001` (close twice).
"""

from collections.abc import Iterator
from itertools import islice, repeat

from mockserver.errors import Problem, problem_of
from mockserver.messages import Json, Request
from mockserver.realtime.session import MESSAGE_BYTES, Opening, Session, Wire


class Sessions:
    """All that were ever opened, and those that are open."""

    def __init__(self) -> None:
        self.open: list[FixtureSession] = []
        self.opened = 0
        self.ended = 0
        self.beats = 0
        self.farewells = 0

    def connect(self, request: Request) -> Opening:
        kind, _, argument = request.target.removeprefix("/").partition("/")
        match kind:
            case "refuse":
                raise _refusal(int(argument))
            case "boom":
                raise RuntimeError("canary-in-a-handshake")
        terms = dict(request.query)
        return Opening(
            self._make(kind, argument),
            float(terms.get("beat", 0)),
            tuple(filter(None, terms.get("subprotocols", "").split(","))),
            "deflate" in terms,
            int(terms.get("limit", MESSAGE_BYTES)),
        )

    def _make(self, kind: str, argument: str) -> Session:
        if kind == "raise":
            return RaisingSession(self, argument)
        return DoingSession(self) if kind == "do" else FixtureSession(self)

    def command(self, text: str) -> None:
        """Say something to all that are open, from outside: words with slashes between."""
        for session in tuple(self.open):
            do(session.wire, text.replace("/", " "))

    def tell(self) -> dict[str, Json]:
        return {"opened": self.opened, "open": len(self.open), "ended": self.ended, "beats": self.beats}


class FixtureSession:
    name = "fixture echo"
    user = "ada"
    rooms = ("red", "blue")
    wire: Wire

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def open(self, wire: Wire) -> None:
        self.wire = wire
        self._sessions.opened += 1
        self._sessions.open.append(self)

    def receive(self, message: str | bytes) -> None:
        self.wire.send(message)

    def beat(self) -> None:
        self._sessions.beats += 1

    def farewell(self) -> None:
        self._sessions.farewells += 1

    def end(self) -> None:
        self._sessions.open.remove(self)
        self._sessions.ended += 1


class DoingSession(FixtureSession):
    name = "fixture do"

    def receive(self, message: str | bytes) -> None:
        do(self.wire, message if isinstance(message, str) else message.decode())


class RaisingSession(FixtureSession):
    name = "fixture raise"

    def __init__(self, sessions: Sessions, moment: str) -> None:
        super().__init__(sessions)
        self._moment = moment

    def open(self, wire: Wire) -> None:
        super().open(wire)
        self._reach("open")

    def beat(self) -> None:
        super().beat()
        self._reach("beat")

    def end(self) -> None:
        super().end()
        self._reach("end")

    def _reach(self, moment: str) -> None:
        if moment == self._moment:
            raise RuntimeError(f"canary-at-{moment}")


def do(wire: Wire, text: str) -> None:
    verb, *words = text.split(" ")
    match verb:
        case "close" | "both":
            close(wire, verb, words)
        case "drop" | "reset" | "stall":
            getattr(wire, verb)()
        case "raise":
            raise RuntimeError("canary-in-a-session")
        case "push":
            for message in _messages(words):
                wire.send(message)
        case "play":
            wire.play(_messages(words))
        case "trap":
            wire.play(_trap(int(words[0])))
        case _:
            wire.send(text)


def close(wire: Wire, verb: str, words: list[str]) -> None:
    if verb == "close":
        wire.close(int(words[0]), " ".join(words[1:]))
    else:
        for code in words:
            wire.close(int(code))


def _messages(words: list[str]) -> Iterator[str]:
    """So many messages of such a size, each of one letter, in the order of the alphabet."""
    count, size = map(int, words)
    return (chr(ord("a") + number % 26) * size for number in range(count))


def _trap(count: int) -> Iterator[str]:
    yield from islice(repeat("played"), count)
    raise RuntimeError("canary-in-a-play")


def _refusal(status: int) -> Problem:
    return problem_of(status, f"refused with {status}", (), {"Retry-After": "7"}, "")
