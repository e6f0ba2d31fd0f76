"""What is wrong with channels is told when they are loaded, all at once, each at its line with a caret.

`broken/` holds definitions with what is said of them; `python -m tests.realtime.channel.test_channel_load` writes that
anew.
"""

from pathlib import Path

import pytest

from mockserver.definitions.report import render
from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare
from tests.realtime.channel.party import HEAD, gather

BROKEN = Path(__file__).parent / "broken"


def told(text: str, name: str) -> str:
    """What is said of a definition."""
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, name))
    return render(raised.value, "text")


@pytest.mark.parametrize("name", [file.stem for file in sorted(BROKEN.glob("*.yaml"))])
def test_everything_wrong_is_told_with_its_place(name: str) -> None:
    said = told((BROKEN / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
    assert said + "\n" == (BROKEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("{path: /c, recieve: []}", "did you mean 'receive'?"),
        ("{path: /c, receive: [{sned: 1}]}", "did you mean 'send'?"),
        ("{path: /c, receive: [{text: '${mgs.id}'}]}", "did you mean 'msg'?"),
        ("{path: /c, receive: [{text: '${n + tick}'}]}", "'tick' is not known"),
        ("{path: /c, open: [{text: '${msg}'}]}", "'msg' is not known"),
        ("{path: /c, receive: [{set: {name: 1}, text: '${state.nmae}'}]}", "did you mean 'name'?"),
        ("{path: /c, receive: [{text: '${now.year}'}]}", "'now' is a text and has no 'year'"),
        ("{path: /c, receive: [{text: '${first_zoo.nmae}'}]}", "'nmae' is not a field of 'zoos'"),
        ("{path: /c, push: [{change: aminals, send: 1}]}", "did you mean 'animals'?"),
        ("{path: /c, push: [{change: animals, send: '${row.nmae}'}]}", "did you mean 'name'?"),
        ("{path: /c, push: [{change: animals, send: '${event.kind}'}]}", "'event' has no 'kind'"),
        ("{path: /c, key: '${attempt}'}", "'attempt' is not known"),
        ("{path: /c, receive: [{broadcast: '${their.x}', send: '${their.x}'}]}", "'their' is not known"),
        ("{path: /c, kind: wss}", "did you mean 'ws'?"),
    ],
)
def test_a_mistyped_name_has_its_hint(channel: str, said: str) -> None:
    assert said in told(f"{HEAD}channels:\n  c: {channel}\n", "test.yaml")


@pytest.mark.parametrize(
    ("channels", "address"),
    [
        ("a: {path: /c}\n  b: {path: /c}", "'/c' is the address of the channel 'a'"),
        ("a: {path: '/c/:x'}\n  b: {path: '/c/:y'}", "'/c/:y' is the address of the channel 'a'"),
        ("a: {path: /v1/c}\n  b: {path: /c}", "'/v1/c' is the address of the channel 'a'"),
        ("a: {path: /c, kind: sse}\n  b: {path: /c, kind: sse}", "'/c' is the address of the channel 'a'"),
        ("a: {path: /events/ws}", "'/v1/events/ws' is the address of the feed"),
        ("a: {path: /v1/events}", "'/v1/events' is the address of the feed"),
        ("a: {path: /animals, kind: sse}", "'/v1/animals' is the address of the resource 'animals'"),
        ("a: {path: '/animals/:x', kind: sse}", "'/v1/animals/:x' is the address of the resource 'animals'"),
        ("a: {path: '/v1/zoos/:x/animals', kind: sse}", "is the address of the resource 'zoos'"),
        ("a: {path: '/act/:x', kind: sse}", "'/v1/act/:x' is the address of the action 'act'"),
    ],
)
def test_two_things_cannot_have_one_address(channels: str, address: str) -> None:
    actions = "actions: {act: {route: GET /act/:id, reply: {body: 1}}, post: {route: POST /post, reply: {body: 1}}}\n"
    assert address in told(f"{HEAD}{actions}channels:\n  {channels}\n", "test.yaml")


def test_a_socket_and_what_is_asked_for_by_get_may_have_one() -> None:
    party = gather("a: {path: /c, open: [{text: a}]}\nb: {path: /c, kind: sse, open: [{text: b}]}\nd: {path: /animals}")
    assert (party.come("/c").take(), party.listen("/c").take()) == (["a"], ["b"])
    party.come("/animals")


if __name__ == "__main__":
    for file in sorted(BROKEN.glob("*.yaml")):
        said = told(file.read_text(encoding="utf-8"), file.name)
        file.with_suffix(".txt").write_text(said + "\n", encoding="utf-8")
