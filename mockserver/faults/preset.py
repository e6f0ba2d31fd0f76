"""The faults that are shipped: each a name, what a front end sees, and rules in the language of a definition."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from mockserver.faults.fault import Fault
from mockserver.messages import Document, Json
from mockserver.value import dataclass

_EVERYTHING: Final[Json] = ["ANY *", "WS *"]
_WRITES: Final[Json] = ["POST *", "PUT *", "PATCH *", "DELETE *"]
_CHANGES: Final[Json] = ["PUT *", "PATCH *", "DELETE *"]
_PORTAL: Final = """\
<!DOCTYPE html>
<html>
<head><title>Welcome to the Wi-Fi</title></head>
<body><h1>Log in to use the internet</h1><form><input name="room"><button>Connect</button></form></body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped fault; `describe` is one line about what a front end sees."""

    name: str
    describe: str
    rules: tuple[Document, ...]

    def make_fault(self) -> Fault:
        """It, ready to act."""
        settings: Document = {"preset": self.name}
        from mockserver.faults.load import make_rules  # noqa: PLC0415 - takes all kinds, for a preset nobody may want

        rules = make_rules(self.name, self.rules)
        return Fault(self.name, rules, settings, describe=self.describe, preset=self.name)


_SHIPPED: Final = (
    Preset(
        "slow",
        "Every answer takes half a second to one and a half.",
        ({"match": _EVERYTHING, "latency": ["500ms", "1500ms"]},),
    ),
    Preset(
        "very-slow",
        "Every answer takes 5 to 10 seconds: longer than people wait, shorter than most timeouts.",
        ({"match": _EVERYTHING, "latency": ["5s", "10s"]},),
    ),
    Preset(
        "degraded",
        "Most answers are late, large ones trickle in, and one in twenty is a 500.",
        (
            {"match": "ANY *", "probability": 0.05, "status": 500},
            {"match": "ANY *", "latency": {"p50": "400ms", "p95": "2s", "max": "8s"}, "bandwidth": "200KiB/s"},
        ),
    ),
    Preset(
        "flaky",
        "One request in ten is answered 503, one in twenty breaks off; trying again helps.",
        (
            {"match": "ANY *", "probability": 0.1, "status": 503, "retry_after": 1},
            {"match": "ANY *", "probability": 0.05, "reset": "connect"},
            {"match": "ANY *", "latency": {"p50": "120ms", "p95": "900ms", "max": "5s"}},
        ),
    ),
    Preset(
        "offline",
        "Nothing gets through: requests and handshakes break off, open sockets and event streams end.",
        ({"match": _EVERYTHING, "reset": "connect"}, {"match": _EVERYTHING, "drop": True}),
    ),
    Preset(
        "maintenance",
        "Everything is answered 503 with Retry-After, and open sockets are closed with 1013.",
        (
            {"match": _EVERYTHING, "status": 503, "retry_after": 120},
            {"match": "WS *", "close": 1013, "reason": "Maintenance"},
        ),
    ),
    Preset(
        "timeout",
        "Requests and handshakes are never answered.",
        ({"match": _EVERYTHING, "hang": True},),
    ),
    Preset(
        "rate-limited",
        "Ten requests in ten seconds are answered, the others 429 with Retry-After.",
        ({"match": "ANY *", "rate_limit": {"limit": 10, "window": "10s"}},),
    ),
    Preset(
        "expired-session",
        "Everybody is logged out: 401 until they log in anew, and sockets are closed with 4401.",
        ({"match": _EVERYTHING, "auth_expiry": True},),
    ),
    Preset(
        "forbidden",
        "Reading goes on, every write is answered 403, logging in too.",
        ({"match": _WRITES, "status": 403},),
    ),
    Preset(
        "conflict",
        "Somebody was faster: every change and deletion is answered 409 with the current document.",
        ({"match": _CHANGES, "status": 409, "current": True},),
    ),
    Preset(
        "broken-json",
        "Reads are answered 200 with JSON that ends in the middle.",
        ({"match": "GET *", "malformed": "cut"},),
    ),
    Preset(
        "half-body",
        "Answers break off in the middle of their bodies.",
        ({"match": "ANY *", "truncate": 0.5},),
    ),
    Preset(
        "mobile-3g",
        "A phone with little reception: 400 ms and 50 KiB a second.",
        (
            {"match": _EVERYTHING, "latency": ["300ms", "500ms"]},
            {"match": "ANY *", "bandwidth": "50KiB/s"},
            {"match": _EVERYTHING, "direction": "out", "delay": "400ms"},
        ),
    ),
    Preset(
        "captive-portal",
        "Whatever is asked, the answer is 200 and a page to log in to the Wi-Fi; sockets are refused.",
        (
            {"match": "ANY *", "status": 200, "body": _PORTAL, "content_type": "text/html; charset=utf-8"},
            {"match": "WS *", "refuse": 511},
        ),
    ),
    Preset(
        "lost-ack",
        "Writes are carried out, but their answers never arrive: trying again does them twice.",
        ({"match": _WRITES, "commit": True, "reset": "connect"},),
    ),
    Preset(
        "brownout",
        "It gets worse: within half a minute half of all requests are answered 503, and the others late.",
        (
            {"match": "ANY *", "probability": 0.5, "ramp": "30s", "status": 503, "retry_after": 1},
            {"match": "ANY *", "latency": {"p50": "500ms", "p95": "4s", "max": "10s"}},
        ),
    ),
    Preset(
        "ws-refuse",
        "No socket opens; plain requests and event streams go on.",
        ({"match": "WS *", "refuse": 503},),
    ),
    Preset(
        "ws-drop",
        "Every socket ends without a word 3 to 8 seconds after it has opened.",
        ({"match": "WS *", "after": ["3s", "8s"], "drop": True},),
    ),
    Preset(
        "ws-restart",
        "Every socket is closed with 1012 5 to 10 seconds after it has opened.",
        ({"match": "WS *", "after": ["5s", "10s"], "close": 1012, "reason": "Service restart"},),
    ),
    Preset(
        "ws-half-open",
        "Every socket goes silent after 3 seconds, and stays open.",
        ({"match": "WS *", "after": "3s", "stall": True},),
    ),
    Preset(
        "ws-lossy",
        "On sockets one message in ten is lost, others come twice or out of order.",
        (
            {"match": "WS *", "direction": "out", "probability": 0.1, "lose": True},
            {"match": "WS *", "direction": "out", "probability": 0.05, "duplicate": True},
            {"match": "WS *", "direction": "out", "probability": 0.05, "reorder": True},
        ),
    ),
    Preset(
        "ws-flap",
        "Sockets live for about 5 seconds, and for 5 out of 10 seconds no new one opens.",
        (
            {"match": "WS *", "after": ["4s", "6s"], "drop": True},
            {"match": "WS *", "after": "5s", "for": "5s", "repeat": "10s", "refuse": 503},
        ),
    ),
    Preset(
        "sse-buffered",
        "A proxy keeps what event streams say until there are 4 KiB of it.",
        ({"match": "GET *", "buffer": "4KiB"},),
    ),
    Preset(
        "deploy",
        "Sockets are closed with 1012, nobody listens for 3 seconds, and the feed begins anew.",
        ({"match": _EVERYTHING, "down": {"for": "3s", "restart": True}},),
    ),
)

presets: Final[Mapping[str, Preset]] = MappingProxyType({preset.name: preset for preset in _SHIPPED})
"""Every shipped fault by its name, the general ones first."""


class _Faults(Mapping[str, Fault]):
    """What is shipped, ready to act: each is made when somebody first asks for it."""

    def __init__(self) -> None:
        self._made: dict[str, Fault] = {}

    def __getitem__(self, name: str) -> Fault:
        if name not in self._made:
            self._made[name] = presets[name].make_fault()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in presets

    def __iter__(self) -> Iterator[str]:
        return iter(presets)

    def __len__(self) -> int:
        return len(presets)


@cache
def preset_faults() -> Mapping[str, Fault]:
    """All of them, ready to act."""
    return _Faults()
