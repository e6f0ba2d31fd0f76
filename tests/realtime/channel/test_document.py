"""The dialogues of `docs/channels.md` are what is said when its definitions are served."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from mockserver.errors import Problem
from tests.client import assemble
from tests.document import ROOT, Block, find_blocks
from tests.realtime.channel.party import Guest, Party

PAGE = ROOT / "docs/channels.md"
BINARY = "base64:"


def dialogues() -> Iterator[tuple[str, Block]]:
    """Every dialogue with the definition above it."""
    definition = ""
    for block in find_blocks(PAGE.read_text(encoding="utf-8")):
        if block.kind == "yaml":
            definition = block.text
        else:
            yield definition, block


def _fits(expected: str, heard: Any) -> bool:
    """Whether a message is as written; `…` stands for anything."""
    if isinstance(heard, tuple):
        return " ".join(map(str, heard)).strip() == expected
    if isinstance(heard, bytes):
        return expected == f"{BINARY}{b64encode(heard).decode()}"
    if expected.startswith("{") and not isinstance(heard, str):
        wanted = json.loads(expected.replace("…", '"…"'))
        return _agrees(wanted, heard)
    pattern = ".*".join(re.escape(part) for part in _unescaped(expected).split("…"))
    return re.fullmatch(pattern, str(heard), re.DOTALL) is not None


def _agrees(wanted: Any, heard: Any) -> bool:
    if wanted == "…":
        return True
    if isinstance(wanted, dict):
        return isinstance(heard, dict) and wanted.keys() == heard.keys() and all(
            _agrees(value, heard[name]) for name, value in wanted.items()
        )  # fmt: skip
    return bool(wanted == heard)


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\0", "\0")


@dataclass
class Play:
    """One dialogue, line by line."""

    party: Party
    guests: dict[str, Guest] = field(default_factory=dict)
    heard: dict[str, list[Any]] = field(default_factory=dict)

    def follow(self, line: str) -> None:
        for pattern, act in self._acts():
            found = re.fullmatch(pattern, line)
            if found is not None:
                act(*found.groups())
                return
        raise AssertionError("is no line of a dialogue")

    def _acts(self) -> list[tuple[str, Callable[..., None]]]:
        return [
            (r"(\w+) = (GET )?(/\S*)(?: (\d+))?", self.come),
            (r"(\w+) > (.*)", self.say),
            (r"(\w+) < (.*)", self.hear),
            (r"wait (\d+)s", lambda seconds: self.party.wait(float(seconds))),
            (r"\$ (\w+) (\S+)(?: (.*))?", self.ask),
        ]

    def come(self, name: str, stream: str | None, path: str, status: str | None) -> None:
        if status is None:
            self.guests[name] = self.party.listen(path) if stream else self.party.come(path)
            return
        with pytest.raises(Problem) as refused:
            self.party.come(path)
        assert refused.value.status == int(status)

    def say(self, name: str, text: str) -> None:
        is_binary = text.startswith(BINARY)
        message = b64decode(text.removeprefix(BINARY)) if is_binary else _unescaped(text)
        self.guests[name].opening.session.receive(message)
        self.party.deliver()

    def hear(self, name: str, expected: str) -> None:
        waiting = self.heard.setdefault(name, [])
        waiting += self.guests[name].take()
        assert waiting, "nothing was heard"
        first = waiting.pop(0)
        assert _fits(expected, first), f"heard {first!r}"

    def ask(self, method: str, path: str, body: str | None) -> None:
        self.party.ask(method, path, None if body is None else json.loads(body))


@pytest.mark.parametrize(
    ("definition", "dialogue"), [pytest.param(*one, id=one[0].split("\n")[0]) for one in dialogues()]
)
def test_a_dialogue_is_as_it_is_written(definition: str, dialogue: Block) -> None:
    play = Play(Party(assemble(definition + "freeze: true\n")))
    for number, line in enumerate(dialogue.text.splitlines()):
        try:
            play.follow(line)
        except AssertionError as error:
            raise AssertionError(f"line {dialogue.line + number}: {line}: {error}") from None
    assert {name: guest.take() for name, guest in play.guests.items() if guest.wire.heard} == {}
