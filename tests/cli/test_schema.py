"""`mockserver schema`: valid JSON Schema, which admits what is shipped and refuses what a reader would."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from mockserver.definitions.source import read_source
from tests.cli.command import ROOT, SEEDS, run

VALIDATORS: dict[str, Any] = {"2020-12": Draft202012Validator, "07": Draft7Validator}
STARTER = ROOT / "mockserver/cli/starter.yaml"


@pytest.fixture(scope="module", params=VALIDATORS)
def validator(request: pytest.FixtureRequest) -> Any:
    schema = json.loads(run("schema", "--draft", request.param).stdout)
    VALIDATORS[request.param].check_schema(schema)
    return VALIDATORS[request.param](schema)


@pytest.mark.parametrize("definition", [*SEEDS, STARTER], ids=lambda path: path.stem)
def test_what_is_shipped_is_valid(validator: Any, definition: Path) -> None:
    data = json.loads(json.dumps(read_source([definition]).data))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"sed": 1}, "$"),
        ({"seed": "x"}, "$.seed"),
        ({"resources": {"9x": {}}}, "$.resources"),
        ({"resources": {"pets": {"cuont": 1}}}, "$.resources.pets"),
        ({"resources": {"pets": {"fields": {"name": {"int": [1, 5], "foo": 1}}}}}, "$.resources.pets.fields.name"),
        ({"resources": {"pets": {"fields": {"name": {"date": ["-1y"]}}}}}, "$.resources.pets.fields.name"),
    ],
)
def test_what_is_wrong_is_found_where_it_is(validator: Any, data: dict[str, Any], place: str) -> None:
    assert [error.json_path for error in validator.iter_errors(data)] == [place]


def test_a_bare_name_is_a_field(validator: Any) -> None:
    assert validator.is_valid({"resources": {"pets": {"fields": {"name": "first_name"}}}})


@pytest.mark.parametrize(
    ("section", "is_valid"),
    [
        (
            {"traits": {"late": {"state": "open", "due": {"date": ["-9d", "now"]}, "chip": {"code": 1}, "n": None}}},
            True,
        ),
        ({"traits": {"late": {"due": {"date": ["-9d", "now"]}}}, "mix": {"late": 0.3}}, True),
        ({"mix": {"late": 1.3}}, False),
        ({"traits": {"late": 5}}, False),
        ({"states": {"field": "state", "moves": {"open": ["closed"], "closed": []}, "initial": ["open"]}}, True),
        ({"states": {"field": "state"}}, False),
        ({"states": {"field": "state", "moves": {"open": "closed"}}}, False),
        ({"singleton": True, "fields": {"photo": {"file": {"max": "5MiB", "types": ["image/*"]}}}}, True),
        ({"fields": {"photo": {"file": {"maxx": 5}}}}, False),
        ({"fields": {"photo": {"image": [320, 240], "describe": "drawn"}}}, True),
        ({"fields": {"photo": {"image": [320]}}}, False),
    ],
)
def test_what_a_resource_may_say(validator: Any, section: dict[str, Any], is_valid: bool) -> None:  # noqa: FBT001
    assert validator.is_valid({"resources": {"pets": section}}) == is_valid


def test_the_older_draft_uses_nothing_newer() -> None:
    text = run("schema", "--draft", "07").stdout.decode()
    assert "$defs" not in text
    assert "prefixItems" not in text
    assert json.loads(text)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_an_unknown_draft_is_wrong_usage() -> None:
    assert run("schema", "--draft", "04").returncode == 2
