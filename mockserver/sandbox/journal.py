"""The bounded record of exchanges that tests and people look back on. Secrets never enter it.

Knows nothing of servers, sockets or clocks: when something happened and how long it took are arguments.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, cast
from urllib.parse import quote

from mockserver.faults.course import Decision
from mockserver.messages import Json, Reply, Request
from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.redaction import redact_body, redact_pairs
from mockserver.value import dataclass

Pairs = tuple[tuple[str, str], ...]

ENTRIES: Final = 1_000
"""How many exchanges are remembered, unless it is said otherwise."""
_DECISIONS_LIMIT: Final = 100
"""About as many as there is room for in an entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange, already redacted.

    `number` counts from 1 within its journal and never repeats, `at` is wall time in seconds since the epoch,
    `body` is the request's, as text. What did not fit into the bound ends in `…`. `status` is 0 where nothing was
    answered; `faults` are all that had a say, in their order, whether they acted or not.
    """

    number: int
    at: float
    method: str
    target: str
    query: Pairs
    headers: Pairs
    body: str
    status: int
    reply_headers: Pairs
    decided_by: str
    duration_s: float
    request_bytes: int
    reply_bytes: int
    sandbox: str = DEFAULT
    faults: tuple[Decision, ...] = ()

    @property
    def fired(self) -> list[str]:
        """The faults that acted, each once."""
        return list(dict.fromkeys(one.fault for one in self.faults if one.fired))

    @property
    def url(self) -> str:
        """Target and redacted query as one would type them."""
        if not self.query:
            return self.target
        pairs = (f"{quote(name, safe=_READABLE)}={quote(value, safe=_READABLE)}" for name, value in self.query)
        return f"{self.target}?{'&'.join(pairs)}"

    def to_json(self) -> dict[str, Json]:
        """The shape the control plane shows: names as they are here, pairs as lists, since names may repeat.

        A decision is `{fault, n, draw, fired}`, with its `rule` where that is not the first; it says the same in every
        run in which the same is asked.
        """
        return {
            "number": self.number,
            "sandbox": self.sandbox,
            "at": self.at,
            "method": self.method,
            "target": self.target,
            "query": [list(pair) for pair in self.query],
            "headers": dict(self.headers),
            "body": self.body,
            "status": self.status,
            "reply_headers": [list(pair) for pair in self.reply_headers],
            "decided_by": self.decided_by,
            "faults": [_write(one) for one in self.faults],
            "duration_ms": round(self.duration_s * 1000, 3),
            "request_bytes": self.request_bytes,
            "reply_bytes": self.reply_bytes,
        }


class _Again(NamedTuple):
    """An exchange that was the same as another, but for its number, its time and how long it took."""

    like: Entry
    number: int
    at: float
    duration_s: float

    def entry(self) -> Entry:
        """It, in full."""
        return replace(self.like, number=self.number, at=self.at, duration_s=self.duration_s)


def _write(decision: Decision) -> Json:
    written: dict[str, Json] = {
        "fault": decision.fault, "n": decision.n, "draw": decision.draw, "fired": decision.fired,
    }  # fmt: skip
    return {**written, "rule": decision.rule} if decision.rule else written


_READABLE = "[]{},:;*@!$'()/-._~"


class Journal:
    """The last `entries_limit` exchanges of a sandbox, each holding at most `entry_limit_bytes` characters of text.

    `secrets` are names, in lower case, under which a definition has secrets beside those that are plain.
    """

    def __init__(self, entries_limit: int = ENTRIES, entry_limit_bytes: int = 8 * 1024, sandbox: str = DEFAULT) -> None:
        self.sandbox = sandbox
        self._entries: deque[Entry | _Again] = deque(maxlen=entries_limit)
        self._entry_limit = entry_limit_bytes
        self._watchers: tuple[Callable[[Entry], None], ...] = ()
        self._clear_watchers: tuple[Callable[[], None], ...] = ()
        self.recorded = 0
        self.secrets: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries that are left, oldest first, as they stand now."""
        for place, one in enumerate(self._entries):
            if isinstance(one, _Again):
                self._entries[place] = one.entry()
        return iter(cast("tuple[Entry, ...]", tuple(self._entries)))

    def record(
        self, request: Request, reply: Reply, at: float, duration_s: float, decisions: Sequence[Decision] = ()
    ) -> Entry:
        """Keep one exchange and tell the watchers; what is returned is as redacted as what is kept."""
        self.recorded += 1
        entry = self._describe(request, reply, at, duration_s, decisions)
        self._entries.append(entry)
        for watcher in self._watchers:
            watcher(entry)
        return entry

    def record_again(self, entry: Entry, at: float, duration_s: float) -> None:
        """Keep one exchange that was the same as another, but for when it was and how long it took."""
        self.recorded += 1
        again = _Again(entry, self.recorded, at, duration_s)
        if not self._watchers:
            # Most of them nobody ever looks at.
            self._entries.append(again)
            return
        self._entries.append(kept := again.entry())
        for watcher in self._watchers:
            watcher(kept)

    def _describe(
        self, request: Request, reply: Reply, at: float, duration_s: float, decisions: Sequence[Decision]
    ) -> Entry:
        """One exchange without its secrets, no longer than there is room."""
        secrets = self.secrets
        target, query, headers, reply_headers, room = self._fit(
            request.target,
            redact_pairs(request.query, secrets),
            redact_pairs(request.headers.items(), secrets),
            redact_pairs(reply.headers, secrets),
        )
        body = self._body(request, room) if request.body else ""
        return Entry(
            self.recorded, at, request.method, target, query, headers, body, reply.status, reply_headers,
            reply.decided_by, duration_s, len(request.body), len(reply.body), self.sandbox,
            tuple(decisions[:_DECISIONS_LIMIT]),
        )  # fmt: skip

    def _body(self, request: Request, room: int) -> str:
        """The body of a request as text, without secrets and no longer than there is room."""
        return _cut(redact_body(request.body, request.headers.get("content-type", ""), self.secrets), room)

    def get(self, number: int) -> Entry:
        """The entry of that number. *Raises* `LookupError` when it was never recorded or is no longer kept."""
        for entry in self:
            if entry.number == number:
                return entry
        raise LookupError(f"no exchange {number} is kept; {self.recorded} were recorded")

    def clear(self) -> None:
        """Forget every entry; the numbers go on."""
        self._entries.clear()
        for watcher in self._clear_watchers:
            watcher()

    def watch(self, watcher: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `watcher` with every new entry until the returned function is called; it must not block."""
        self._watchers = (*self._watchers, watcher)

        def stop() -> None:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

        return stop

    def watch_clearing(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` whenever all entries have been forgotten, until the returned function is called."""
        self._clear_watchers = (*self._clear_watchers, watcher)

        def stop() -> None:
            self._clear_watchers = tuple(other for other in self._clear_watchers if other is not watcher)

        return stop

    def _fit(
        self, target: str, query: Pairs, headers: Pairs, reply_headers: Pairs
    ) -> tuple[str, Pairs, Pairs, Pairs, int]:
        """The four, cut where they are longer than an entry may be, and the room left for the body."""
        used = len(target) + _length(query) + _length(headers) + _length(reply_headers)
        if used <= self._entry_limit:
            return target, query, headers, reply_headers, self._entry_limit - used
        share = self._entry_limit // 4
        return (
            _cut(target, share),
            _cut_pairs(query, share),
            _cut_pairs(headers, share),
            _cut_pairs(reply_headers, share),
            0,
        )


def _length(pairs: Pairs) -> int:
    return sum([len(name) + len(value) for name, value in pairs])


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1] + "…" if limit > 0 else ""


def _cut_pairs(pairs: Iterable[tuple[str, str]], limit: int) -> Pairs:
    kept: list[tuple[str, str]] = []
    for name, value in pairs:
        pair = (_cut(name, limit), _cut(value, max(0, limit - len(name))))
        limit -= len(pair[0]) + len(pair[1])
        if limit <= 0:
            break
        kept.append(pair)
    return tuple(kept)
