"""Dialogues as `docs/channels.md` writes them, played with sessions alone or over real sockets."""

import json
import re
import socket
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from mockserver.errors import Problem
from tests.realtime.channel.party import Guest, Party
from tests.server.process import Running
from tests.server.socket.raw import BINARY, CLOSE, FIN, TEXT, UPGRADE, Raw, frame, handshake
from tests.server.wire import Wire, request

_BASE64 = "base64:"


class Voice(Protocol):
    """A client of a dialogue."""

    def say(self, message: str | bytes) -> None: ...

    def hear(self) -> Any:
        """The next that is heard: a text, bytes, or how it ended."""
        ...

    def rest(self) -> Sequence[Any]:
        """What is left to be heard, as far as that is known without waiting."""
        ...


class Stage(Protocol):
    """Where a dialogue is played."""

    def come(self, path: str) -> Voice: ...

    def listen(self, path: str) -> Voice: ...

    def is_refused(self, path: str) -> int:
        """The status of a refusal."""
        ...

    def ask(self, method: str, path: str, body: object) -> None: ...

    def wait(self, seconds: float) -> None: ...


@dataclass
class Play:
    """One dialogue, line by line."""

    stage: Stage
    voices: dict[str, Voice] = field(default_factory=dict)

    def follow(self, line: str) -> None:
        for pattern, act in self._acts():
            found = re.fullmatch(pattern, line)
            if found is not None:
                act(*found.groups())
                return
        raise AssertionError("is no line of a dialogue")

    def _acts(self) -> list[tuple[str, Callable[..., None]]]:
        return [
            (r"(\w+) = (GET )?(/\S*)(?: (\d+))?", self._come),
            (r"(\w+) > (.*)", self._say),
            (r"(\w+) < (.*)", self._hear),
            (r"wait (\d+)s", lambda seconds: self.stage.wait(float(seconds))),
            (r"\$ (\w+) (\S+)(?: (.*))?", self._ask),
        ]

    def _come(self, name: str, stream: str | None, path: str, status: str | None) -> None:
        if status is not None:
            assert self.stage.is_refused(path) == int(status)
        else:
            self.voices[name] = self.stage.listen(path) if stream else self.stage.come(path)

    def _say(self, name: str, text: str) -> None:
        is_binary = text.startswith(_BASE64)
        self.voices[name].say(b64decode(text.removeprefix(_BASE64)) if is_binary else _unescaped(text))

    def _hear(self, name: str, expected: str) -> None:
        heard = self.voices[name].hear()
        assert _fits(expected, heard), f"heard {heard!r}"

    def _ask(self, method: str, path: str, body: str | None) -> None:
        self.stage.ask(method, path, None if body is None else json.loads(body))


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\0", "\0")


def _fits(expected: str, heard: Any) -> bool:
    """Whether a message is as written; `…` stands for anything."""
    if isinstance(heard, tuple):
        return " ".join(map(str, heard)).strip() == expected
    if isinstance(heard, bytes):
        return expected == f"{_BASE64}{b64encode(heard).decode()}"
    if expected.startswith("{"):
        return _agrees(json.loads(expected.replace("…", '"…"')), json.loads(heard))
    pattern = ".*".join(re.escape(part) for part in _unescaped(expected).split("…"))
    return re.fullmatch(pattern, heard, re.DOTALL) is not None


def _agrees(wanted: Any, heard: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(heard, dict):
        return wanted.keys() == heard.keys() and all(_agrees(value, heard[name]) for name, value in wanted.items())
    return bool(wanted in ("…", heard))


@dataclass
class _Talk:
    """A client of sessions alone."""

    party: Party
    guest: Guest

    def say(self, message: str | bytes) -> None:
        self.guest.opening.session.receive(message)
        self.party.deliver()

    def hear(self) -> Any:
        assert self.guest.wire.heard, "nothing was heard"
        return self.guest.wire.heard.pop(0)

    def rest(self) -> Sequence[Any]:
        return self.guest.wire.heard


@dataclass
class Sessions:
    """A stage without sockets."""

    party: Party

    def come(self, path: str) -> Voice:
        return _Talk(self.party, self.party.come(path))

    def listen(self, path: str) -> Voice:
        return _Talk(self.party, self.party.listen(path))

    def is_refused(self, path: str) -> int:
        with pytest.raises(Problem) as refused:
            self.party.come(path)
        return refused.value.status

    def ask(self, method: str, path: str, body: object) -> None:
        self.party.ask(method, path, body)

    def wait(self, seconds: float) -> None:
        self.party.wait(seconds)


@dataclass
class _Socket:
    """A client of a real WebSocket."""

    raw: Raw

    def say(self, message: str | bytes) -> None:
        is_text = isinstance(message, str)
        payload = message.encode() if isinstance(message, str) else message
        self.raw.send(frame(FIN | (TEXT if is_text else BINARY), payload))

    def hear(self) -> Any:
        try:
            got = self.raw.read()
        except (ConnectionError, AssertionError, EOFError):
            return ("drop",)
        if got.opcode == CLOSE:
            # RFC 6455 §7.1.5: what a Close frame without a code comes to.
            return ("close", got.code if got.payload else 1005, got.reason)
        return got.payload.decode() if got.opcode == TEXT else got.payload

    def rest(self) -> Sequence[Any]:
        return ()


@dataclass
class _EventSource:
    """A client of a real event stream."""

    sock: socket.socket
    buffer: str = ""

    def say(self, message: str | bytes) -> None:
        raise AssertionError("an event stream is not spoken to")

    def hear(self) -> Any:
        while (found := re.search(r"^data: (.*)\r?\n\r?\n", self.buffer, re.MULTILINE)) is None:
            chunk = self.sock.recv(65536)
            assert chunk, "the stream has ended"
            self.buffer += chunk.decode()
        self.buffer = self.buffer[found.end() :]
        return found[1]

    def rest(self) -> Sequence[Any]:
        return ()


@dataclass
class Server:
    """A stage of a real server, whose clock is frozen and moved by the control plane."""

    running: Running
    held: ExitStack

    def come(self, path: str) -> Voice:
        return _Socket(self.held.enter_context(Raw(self.running.port, path)))

    def listen(self, path: str) -> Voice:
        wire = self.held.enter_context(Wire(self.running.port))
        wire.send(request("GET", path, "Accept: text/event-stream"))
        return _EventSource(wire.sock)

    def is_refused(self, path: str) -> int:
        with Wire(self.running.port) as wire:
            wire.send(handshake(path, *UPGRADE))
            return wire.read().status

    def ask(self, method: str, path: str, body: object) -> None:
        data, kind = json.dumps(body).encode(), "Content-Type: application/json"
        with Wire(self.running.port) as wire:
            wire.send(request(method, path, kind, body=data))
            assert wire.read().status < 300

    def wait(self, seconds: float) -> None:
        body = json.dumps({"advance": f"{seconds}s"}).encode()
        assert self.running.control("PUT", "/api/clock", "Content-Type: application/json", body=body).status == 200
