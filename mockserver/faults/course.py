"""What faults make of one occasion: kinds say it in a few verbs, and the transport carries it out.

Pure: nothing here waits or sends.
"""

from collections.abc import Callable
from dataclasses import field
from typing import Final, Literal, TypeAlias

from mockserver.errors import Problem
from mockserver.faults.occasion import Scope
from mockserver.messages import Reply, Request
from mockserver.value import dataclass

Stage: TypeAlias = Literal["head", "body"]
Place: TypeAlias = Literal["nothing", "head"] | int | float
"""How far an answer gets: not at all, in the middle of its head, so many bytes of its body (an integer), or that share
of it (a float below 1)."""
REPEATABLE: Final = frozenset({"set-cookie", "link"})
"""The headers, in lower case, of which an answer may have several (RFC 6265 §3, RFC 8288 §3)."""
Lapse: TypeAlias = "Callable[[Course], None]"
"""Takes back that a rule has fired, which has found no room to hold somebody."""


def _keep(_course: "Course") -> None:
    """Nothing has fired that would be counted."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before the first byte (`head`) or between the head and the body (`body`)."""

    fault: str
    seconds: float
    stage: Stage = "head"


@dataclass(frozen=True, slots=True)
class Hold:
    """Silence in place of an answer: for so many seconds, or without any until the fault ends or the client leaves.

    After it the connection ends without a byte; where the fault ended, the client gets 503 with
    `X-Mock-Fault-Released`. Where there is no room for one more, it lapses, and all goes on without.
    """

    fault: str
    seconds: float | None
    lapse: Lapse = field(default=_keep, compare=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer is made, then kept until the fault's next match has been answered, at most so long.

    It may lapse as well.
    """

    fault: str
    most_s: float
    lapse: Lapse = field(default=_keep, compare=False)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a body goes out: so many bytes a second, or in so many pieces over so many seconds."""

    bytes_s: float | None = None
    pieces: int = 1
    over_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer that is not sent as it should be.

    `at` is how far it gets, `by` is what comes then. `length` is how the body is framed: with its true
    `Content-Length`, with none (it ends where the connection does), or in chunks, the last of which never comes. `tail`
    is sent as it is before the end.
    """

    at: Place
    by: Literal["fin", "rst"]
    length: Literal["declared", "none", "chunked"] = "declared"
    tail: bytes = b""

    @property
    def has_head(self) -> bool:
        """Whether an answer is needed that could be cut."""
        return self.at != "nothing"


@dataclass(frozen=True, slots=True)
class Finish:
    """How a connection that stays open ends, or goes silent (`stall`); `raw` are bytes sent before it as they are."""

    how: Literal["close", "drop", "reset", "stall"]
    code: int = 1000
    reason: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Outage:
    """The listener refuses connections for so many seconds, or without any until the fault ends.

    With `restarts` the feed begins a new epoch, as after a restart, and sockets are closed with 1012 before.
    """

    fault: str
    seconds: float | None
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule had to say on one occasion, for the journal: its fault, n, the number drawn, whether it acted.

    `rule` is its place in the fault, from 0.
    """

    fault: str
    n: int
    draw: float
    fired: bool
    rule: int = 0


Rewrite: TypeAlias = Callable[[Reply], Reply]
Payload: TypeAlias = str | bytes


@dataclass(slots=True)
class Course:
    """All that is to happen on one occasion; `fault` is the one that is being put in.

    Latencies add up, the slower pace wins, rewrites follow one another; there is one terminal at most, which the
    caller sees to.
    """

    scope: Scope
    fault: str = ""
    at_s: float = 0.0
    """When it happens, in seconds of the sandbox's clock."""
    revision: int = 0
    """What the faults were when it was decided, for `Faults.goes_on`."""
    asked: frozenset[str] = frozenset()
    """The faults that the request itself has asked for."""
    fired: list[str] = field(default_factory=list)
    """The faults that act, in their order."""
    decisions: list[Decision] = field(default_factory=list)
    is_passed: bool = False
    """Whether the fault has nothing against this occasion: it has not fired, and another may decide the end."""
    lapse: Lapse = field(default=_keep, compare=False)
    """That of the rule that is being put in."""
    commits: bool = False
    """Whether the API answers (and writes) before anything else happens."""

    waits: list[Wait] = field(default_factory=list)
    held: Hold | None = None
    turn: Turn | None = None
    ended_by: str = ""
    """The fault that decides how it ends."""
    problem: Problem | None = None
    """What is answered in place of the API, in the convention's own words."""
    reply: Reply | None = None
    """What is answered in place of the API, as it is."""
    shows_current: bool = False
    """Whether the problem carries the document at the request's path (`rewriting.with_current`)."""
    edits: list[Rewrite] = field(default_factory=list)
    """What is made of the JSON of the answer, before all else; what is none stays as it is."""
    rewrites: list[Rewrite] = field(default_factory=list)
    """What is made of the answer, whoever gave it; it is not compressed, and no cache may keep it."""
    breakages: int = 0
    """How many of the rewrites, the last ones, leave nothing that another could read."""
    additions: list[tuple[str, str]] = field(default_factory=list)
    """Headers put into the answer in place of those of the same name."""
    removals: list[str] = field(default_factory=list)
    """Headers left out of the answer."""
    headed_by: dict[str, str] = field(default_factory=dict)
    """The faults that have had their say about a header, by its name in lower case."""
    pace: Pace | None = None
    paced_by: str = ""
    buffered_by: str = ""
    buffer_bytes: int = 0
    """How much of an event stream is collected before any of it is sent."""
    lag_s: float = 0.0
    """How old the data is that a read sees."""
    shows_cors: bool = True
    chop: Cut | None = None
    outage: Outage | None = None

    after_s: float = 0.0
    """How long a connection stands before its finish."""
    finish: Finish | None = None
    delay_s: float = 0.0
    copies: int = 1
    """How often a frame is sent; 0 loses it."""
    is_swapped: bool = False
    """Whether a frame is kept until the next one has gone."""
    spoils: list[Callable[[Payload], Payload]] = field(default_factory=list)

    def wait(self, seconds: float, stage: Stage = "head") -> None:
        """Let the client wait."""
        self.waits.append(Wait(self.fault, seconds, stage))

    def hold(self, seconds: float | None) -> None:
        """Answer nothing."""
        self.held = Hold(self.fault, seconds, self.lapse)
        self.ended_by = self.fault

    def hold_for_next(self, most_s: float) -> None:
        """Answer after the next one."""
        self.turn = Turn(self.fault, most_s, self.lapse)

    def answer(self, problem: Problem) -> None:
        """Answer in place of the API."""
        self.problem = problem
        self.ended_by = self.fault

    def reply_with(self, reply: Reply) -> None:
        """Answer in place of the API with these very bytes."""
        self.reply = reply
        self.ended_by = self.fault

    def show_current(self) -> None:
        """Put the document at the request's path into the problem that is answered."""
        self.shows_current = True

    def let_pass(self) -> None:
        """Let this occasion through."""
        self.is_passed = True

    def edit(self, change: Rewrite) -> None:
        """Change the JSON of the answer; an event stream and what is no JSON go on as they are."""
        self.edits.append(change)

    def rewrite(self, change: Rewrite) -> None:
        """Change the answer; its length is counted afterwards."""
        self.rewrites.insert(len(self.rewrites) - self.breakages, change)

    def break_body(self, change: Rewrite) -> None:
        """Change the answer after all who can still read it."""
        self.rewrites.append(change)
        self.breakages += 1

    def add_header(self, name: str, value: str) -> None:
        """Put a header into the answer, unless a fault before has had its say about it; cookies and links add up."""
        if name.lower() in REPEATABLE or self._decides_on(name):
            self.additions.append((name, value))

    def remove_header(self, name: str) -> None:
        """Leave a header out of the answer, unless a fault before has had its say about it."""
        if self._decides_on(name):
            self.removals.append(name)

    def _decides_on(self, name: str) -> bool:
        return self.headed_by.setdefault(name.lower(), self.fault) == self.fault

    def throttle(self, pace: Pace) -> None:
        """Send the body no faster than this."""
        slower = pace if self.pace is None else _slower(self.pace, pace)
        if slower is pace:
            self.pace, self.paced_by = pace, self.fault

    def buffer(self, size_bytes: int) -> None:
        """Collect an event stream's bytes before they are sent."""
        if size_bytes > self.buffer_bytes:
            self.buffer_bytes, self.buffered_by = size_bytes, self.fault

    def look_back(self, seconds: float) -> None:
        """Read data as it was so long ago."""
        self.lag_s = max(self.lag_s, seconds)

    def withhold_cors(self) -> None:
        """Leave the headers out without which a page may not read the answer."""
        self.shows_cors = False

    def cut(self, cut: Cut) -> None:
        """Send the answer broken."""
        self.chop = cut
        self.ended_by = self.fault

    def shut_down(self, seconds: float | None, *, restarts: bool = False) -> None:
        """Close the listener."""
        self.outage = Outage(self.fault, seconds, restarts)
        self.ended_by = self.fault

    def end(self, finish: Finish) -> None:
        """End the connection."""
        self.finish = finish
        self.ended_by = self.fault

    def delay(self, seconds: float) -> None:
        """Keep a frame for so long; those after it may overtake it."""
        self.delay_s += seconds

    def lose(self) -> None:
        """Send the frame to nobody."""
        self.copies = 0

    def repeat(self, times: int) -> None:
        """Send the frame so often in all."""
        self.copies = self.copies and max(self.copies, times)

    def swap(self) -> None:
        """Send the frame after the next one."""
        self.is_swapped = True

    def spoil(self, change: Callable[[Payload], Payload]) -> None:
        """Change the payload of a frame."""
        self.spoils.append(change)

    @property
    def keeps(self) -> bool:
        """Whether a frame is not sent at once."""
        return self.delay_s > 0 or self.is_swapped

    @property
    def ends_streams(self) -> bool:
        """Whether it acts upon every body, so that what has no end by itself is to have one."""
        return bool(self.rewrites) or (self.chop is not None and self.chop.has_head)

    @property
    def needs_whole(self) -> bool:
        """Whether a whole, uncompressed answer is needed to act upon: no 304, no gzip."""
        return bool(self.edits) or self.ends_streams


CONDITIONS: Final = ("if-none-match", "if-modified-since", "range", "if-range")
"""What a request may be answered without its body for."""


def unconditional(request: Request) -> Request:
    """The request as somebody with an empty cache would send it."""
    kept = {name: value for name, value in request.headers.items() if name not in CONDITIONS}
    return Request(request.method, request.target, request.query, kept, request.body, request.base)


def _slower(one: Pace, other: Pace) -> Pace:
    if one.bytes_s is not None and other.bytes_s is not None:
        return one if one.bytes_s <= other.bytes_s else other
    return one if one.over_s >= other.over_s else other
