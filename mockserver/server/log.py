"""One line per exchange on stdout that says what decided it, and tracebacks of our own mistakes on stderr.

The lines come from journal entries, so they hold no secrets. Knows nothing of requests and sockets.
"""

import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import orjson

from mockserver.messages import Json
from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.journal import Entry, Journal
from mockserver.server.writer import LineWriter
from mockserver.value import dataclass

# An entry may hold 8 KiB, so this is also a bound on memory.
_LIMIT_LINES: Final = 2_000
_LIMIT_TRACES: Final = 50
_URL_LIMIT: Final = 500
_NO_STATUS: Final = "---"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the server has to say between exchanges: a line, empty where there is none, and as an event."""

    line: str
    event: Mapping[str, Json]


Format = Callable[[Entry | Notice], str]


def format_text(entry: Entry) -> str:
    """`12:00:00 GET /v1/zoos?limit=2 200 1.2 ms  listed zoos`, with nothing in it that a terminal would obey.

    A sandbox other than the default one stands before the method (`~w3 GET …`), `---` for the status where nothing was
    answered, and the faults that acted at the end (`fault outage`).
    """
    clock = datetime.fromtimestamp(entry.at).astimezone().strftime("%H:%M:%S")
    url = entry.url if len(entry.url) <= _URL_LIMIT else f"{entry.url[:_URL_LIMIT]}…"
    where = "" if entry.sandbox == DEFAULT else f"~{entry.sandbox} "
    status = entry.status or _NO_STATUS
    line = f"{clock} {where}{entry.method} {url} {status} {entry.duration_s * 1000:.1f} ms  {_tell_reason(entry)}"
    return printable(line)


def _tell_reason(entry: Entry) -> str:
    """What decided, and the faults that acted where that does not name them."""
    faults = f"fault {', '.join(entry.fired)}" if entry.fired else ""
    return entry.decided_by if faults in entry.decided_by else "  ".join(filter(None, (entry.decided_by, faults)))


def format_json(entry: Entry) -> str:
    """The same as one JSON object; `time` is RFC 3339 in UTC, and a `status` of 0 is that nothing was answered.

    `sandbox` is there where it is not the default one, `faults` where some acted.
    """
    event: dict[str, Json] = {
        "event": "exchange",
        "number": entry.number,
        "time": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds"),
        "method": entry.method,
        "target": entry.url,
        "status": entry.status,
        "ms": round(entry.duration_s * 1000, 3),
        "bytes": entry.reply_bytes,
        "decided_by": entry.decided_by,
    }
    if entry.sandbox != DEFAULT:
        event["sandbox"] = entry.sandbox
    if entry.fired:
        event["faults"] = [printable(name) for name in entry.fired]
    return orjson.dumps({name: printable(v) if isinstance(v, str) else v for name, v in event.items()}).decode()


def printable(text: str) -> str:
    """The text with control, format and surrogate characters spelled out."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _dropped_text(count: int) -> str:
    return f"({count} lines were dropped here: nobody read them)"


def _dropped_json(count: int) -> str:
    return orjson.dumps({"event": "dropped", "lines": count}).decode()


def _write_text(told: Entry | Notice) -> str:
    return printable(told.line) if isinstance(told, Notice) else format_text(told)


def _write_json(told: Entry | Notice) -> str:
    return orjson.dumps(told.event).decode() if isinstance(told, Notice) else format_json(told)


_STYLES: Final[dict[str, tuple[Format, Callable[[int], str]]]] = {
    "text": (_write_text, _dropped_text),
    "json": (_write_json, _dropped_json),
}


class ExchangeLog:
    """Exchanges on their way to stdout and tracebacks on theirs to stderr; `style` is `text`, `json` or `quiet`.

    Neither ever waits for a reader (see `LineWriter`).
    """

    def __init__(self, style: str, stdout: int = 1, stderr: int = 2) -> None:
        format_entry, format_dropped = _STYLES.get(style, _STYLES["text"])
        self._is_quiet = style == "quiet"
        self._has_text = style != "json"
        self._lines: LineWriter[Entry | Notice] = LineWriter(stdout, _LIMIT_LINES, format_entry, format_dropped)
        self._traces: LineWriter[BaseException | str] = LineWriter(stderr, _LIMIT_TRACES, _format_trace, _dropped_text)

    @property
    def dropped(self) -> int:
        """How many lines found no reader."""
        return self._lines.dropped

    def start(self) -> None:
        """Begin to write; until then lines wait."""
        self._lines.start()
        self._traces.start()

    def follow(self, journal: Journal) -> None:
        """Have every exchange of a journal handed over."""
        if not self._is_quiet:
            journal.watch(self._lines.put)

    def tell(self, notice: Notice) -> None:
        """Hand over what the server has to say; a notice without a line is an event for programs only."""
        if not self._is_quiet and (notice.line or not self._has_text):
            self._lines.put(notice)

    def warn(self, text: str) -> None:
        """Hand over what somebody has to put right; in every style, and ready to be shown as it is."""
        self._traces.put(text)

    def trace(self, error: BaseException) -> None:
        """Hand over what went wrong inside; in every style, because it is a bug."""
        self._traces.put(error)

    def close(self, wait_s: float) -> None:
        """Write what waits, for at most this long each."""
        self._lines.close(wait_s)
        self._traces.close(wait_s)


def _format_trace(error: BaseException | str) -> str:
    return error if isinstance(error, str) else "".join(traceback.format_exception(error)).rstrip()
