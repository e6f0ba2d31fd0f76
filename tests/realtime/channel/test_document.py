"""The dialogues of `docs/channels.md` are what is said when its definitions are served, with sockets and without."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.client import assemble
from tests.document import ROOT, Block, find_blocks
from tests.live import started
from tests.realtime.channel.dialogue import Play, Server, Sessions
from tests.realtime.channel.party import Party

PAGE = ROOT / "docs/channels.md"


def dialogues() -> Iterator[tuple[str, Block]]:
    """Every dialogue with the definition above it, whose clock stands still."""
    definition = ""
    for block in find_blocks(PAGE.read_text(encoding="utf-8")):
        if block.kind == "yaml":
            definition = f"{block.text}freeze: true\n"
        else:
            yield definition, block


each = pytest.mark.parametrize(
    ("definition", "dialogue"), [pytest.param(*one, id=one[0].split("\n")[0]) for one in dialogues()]
)


def follow(play: Play, dialogue: Block) -> None:
    for number, line in enumerate(dialogue.text.splitlines()):
        try:
            play.follow(line)
        except AssertionError as error:
            raise AssertionError(f"line {dialogue.line + number}: {line}: {error}") from None


@each
def test_a_dialogue_is_as_it_is_written(definition: str, dialogue: Block) -> None:
    play = Play(Sessions(Party(assemble(definition))))
    follow(play, dialogue)
    assert {name: list(voice.rest()) for name, voice in play.voices.items() if voice.rest()} == {}


@each
def test_a_dialogue_is_the_same_over_real_sockets(definition: str, dialogue: Block, tmp_path: Path) -> None:
    path = tmp_path / "definition.yaml"
    path.write_text(definition, encoding="utf-8")
    with started(str(path), "--log", "quiet") as running, ExitStack() as held:
        follow(Play(Server(running, held)), dialogue)
