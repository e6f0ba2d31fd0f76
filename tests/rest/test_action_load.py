"""What is wrong with actions and jobs is told when they are loaded, all at once, each at its line with a caret.

`broken/` holds definitions with what is said of them; `python -m tests.rest.test_action_load` writes that anew.
"""

from pathlib import Path

import pytest

from mockserver.definitions.report import render
from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare

BROKEN = Path(__file__).parent / "broken"
HEAD = """\
mock: 1
resources:
  accounts: {count: 2, fields: {id: {seq: 1}, balance: {int: [1, 5]}}}
actions:
"""


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
    ("actions", "problem"),
    [
        ("  pay: []\n", "should be a mapping, not a list"),
        ("  pay: {}\n", "the key 'route' is missing"),
        ("  5pay: {route: GET /x}\n", "'5pay' can't be a name here"),
        ("  pay: {route: GET}\n", "should be a route like GET /animals/:id"),
        ("  pay: {route: FETCH /x}\n", "'FETCH' is no method"),
        ("  pay: {route: [GET /x, GET /x/:a/:a]}\n", "gives two parameters one name"),
        ("  pay: {route: GET /x, replay: {}}\n", "there is no key 'replay' here"),
        ("  pay: {route: GET /x, reply: 5}\n", "should be a reply like {status: 200, body: …}"),
        ("  pay: {route: GET /x, reply: []}\n", "should have at least 1 entry"),
        ("  pay: {route: GET /x, reply: {stauts: 200}}\n", "there is no key 'stauts' here"),
        ("  pay: {route: GET /x, do: {create: accounts}}\n", "should be a list"),
        ("  pay: {route: GET /x, do: [{}]}\n", "says nothing to do"),
        ("  pay: {route: GET /x, do: [{create: accounts, sett: {}}]}\n", "there is no key 'sett' here"),
        ("  pay: {route: GET /x, do: [{create: 5}]}\n", "should be text"),
        ("  pay: {route: GET /x, do: [{update: accounts, id: 1}]}\n", "the key 'set' is missing"),
        ("  pay: {route: GET /x, do: [{get: accounts, id: 1, as: a b}]}\n", "should match the pattern"),
        ("  pay: {route: GET /x, job: {}}\n", "the key 'resource' is missing"),
        ("  pay: {route: GET /x, job: {resource: accounts, cancel: 5}}\n", "should be a route like POST /jobs/:id"),
        ("  pay: {route: GET /x, job: {resource: accounts, timeline: [{set: {}}]}}\n", "the key 'at' is missing"),
        ("  pay: {route: GET /x, job: {resource: accounts, outcomes: {a: {at: soon}}}}\n", "should be a duration"),
    ],
)
def test_a_wrong_shape_is_told(actions: str, problem: str) -> None:
    assert problem in told(HEAD + actions, "test.yaml")


@pytest.mark.parametrize(
    ("actions", "hint"),
    [
        ("  pay: {route: GET /x, do: [{creat: accounts}]}\n", "did you mean 'create'?"),
        ("  pay: {route: GET /x, do: [{create: accounts, sett: {}}]}\n", "did you mean 'set'?"),
        ("  pay: {route: GET /x, do: [{get: accounts, id: 1, ass: a}]}\n", "did you mean 'as'?"),
        ("  pay: {route: GET /x, reply: {heders: {}}}\n", "did you mean 'headers'?"),
        ("  pay: {route: GET /x, job: {resource: accounts, cancel: {rote: GET /y}}}\n", "did you mean 'route'?"),
    ],
)
def test_a_mistyped_key_has_its_hint(actions: str, hint: str) -> None:
    assert hint in told(HEAD + actions, "test.yaml")


def test_names_of_one_action_are_not_another_ones() -> None:
    actions = "  one: {route: GET /1/:key, do: [{get: accounts, id: 1, as: found}]}\n"
    actions += "  two: {route: GET /2, reply: {body: '${found.id ~ key}'}}\n"
    assert "'found' is not known" in told(HEAD + actions, "test.yaml")


if __name__ == "__main__":
    for file in sorted(BROKEN.glob("*.yaml")):
        file.with_suffix(".txt").write_text(told(file.read_text(encoding="utf-8"), file.name) + "\n", encoding="utf-8")
