"""The document is valid, whatever is served and in whatever convention, and what it shows is as it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver.conventions.base import conventions
from mockserver.server.assemble import AssembledInstance, load_prepared
from tests.client import assemble
from tests.live import SEEDS
from tests.openapi.witness import Witness

HERE = Path(__file__).parent
ODD = HERE / "definition.yaml"
TEMPLATES = """
api:
  prefix: /shop
  convention:
    like: rest
    list: {data: $items, meta: {total: $total, page: $page, pages: $pages}, links: {next: $next, prev: $prev}}
    item: {data: $item, ok: true}
    error: {ok: false, error: {code: $code, text: $message, fields: $errors}}
    paging: {page: p, size: ps, default: 3}
    statuses: {created: 200, updated: 200, invalid: 200, not_found: 200}
resources: {pets: {fields: {name: {faker: first_name, required: true}}}}
"""
OTHERS = {"templates": TEMPLATES, "nothing": "mock: 1\n"}
SHIPPED = sorted(path.stem for path in SEEDS.glob("*.yaml"))


def document_of(service: AssembledInstance) -> dict[str, Any]:
    found: dict[str, Any] = service.openapi("http://localhost:8000")
    return found


def service_of(name: str) -> AssembledInstance:
    if name in SHIPPED:
        return AssembledInstance(load_prepared([SEEDS / f"{name}.yaml"]))
    if name in OTHERS:
        return assemble(OTHERS[name])
    return assemble(ODD.read_text(encoding="utf-8"), name)


@pytest.fixture(scope="module", params=[*SHIPPED, *OTHERS, *conventions.names()])
def witness(request: pytest.FixtureRequest) -> Witness:
    return Witness(document_of(service_of(request.param)))


def test_it_is_valid(witness: Witness) -> None:
    errors = OpenAPIV31SpecValidator(dict(witness.document)).iter_errors()
    assert [error.message for error in errors] == []


def lists_in(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas that lists obey, or may, and where they are; what is an example is none."""
    if isinstance(value, dict):
        kinds = value.get("type")
        if kinds == "array" or (isinstance(kinds, list) and "array" in kinds):
            yield path, value
        for name, inner in value.items():
            if name not in ("example", "examples", "default", "enum", "const"):
                yield from lists_in(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from lists_in(inner, f"{path}/{number}")


def test_every_list_says_what_it_holds(witness: Witness) -> None:
    """Readers of OpenAPI 3.0 take a list without `items` for a mistake."""
    assert [path for path, schema in lists_in(dict(witness.document)) if "items" not in schema] == []


def test_operations_are_known_by_one_name_each_and_links_lead_to_them(witness: Witness) -> None:
    names = [operation["operationId"] for _, _, operation in witness.operations()]
    assert len(set(names)) == len(names)
    for _, _, operation in witness.operations():
        for response in map(witness.resolve, operation["responses"].values()):
            assert {link["operationId"] for link in response.get("links", {}).values()} <= set(names)


def test_every_parameter_in_a_path_is_described_once(witness: Witness) -> None:
    for path, item in witness.document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            parameters = [witness.resolve(one) for one in (*item.get("parameters", []), *operation["parameters"])]
            named = {one["name"] for one in parameters if one["in"] == "path"}
            assert named == {step[1:-1] for step in path.split("/") if step.startswith("{")}, path


def test_every_example_is_as_its_schema_says(witness: Witness) -> None:
    seen = 0
    for path, _, operation in witness.operations():
        parts = [witness.resolve(one) for one in operation["parameters"]]
        parts += list(operation.get("requestBody", {}).get("content", {}).values())
        parts += [
            content
            for response in map(witness.resolve, operation["responses"].values())
            for content in response.get("content", {}).values()
        ]
        for part in parts:
            if "example" in part:
                seen += 1
                assert witness.flaws(part["schema"], part["example"]) == [], (path, part["example"])
    assert seen or not witness.document["paths"]


def test_nothing_is_named_that_is_not_used(witness: Witness) -> None:
    text = repr(witness.document)
    for kind, parts in witness.document["components"].items():
        if kind != "securitySchemes":
            assert [name for name in parts if f"'#/components/{kind}/{name}'" not in text] == []


def test_an_answer_that_is_written_as_it_is_may_be_had_in_any_type() -> None:
    actions = "{plain: {route: GET /plain, reply: {bare: true, body: x}}, wrapped: {route: GET /wrapped}}"
    paths = document_of(assemble(f"mock: 1\nactions: {actions}\n"))["paths"]
    assert ["406" in paths[path]["get"]["responses"] for path in ("/plain", "/wrapped")] == [False, True]
