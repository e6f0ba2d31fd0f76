"""The endpoints of a sandbox's scenario: which there are, which it is in, and another one."""

from typing import Final

from flask import Response

from mockserver.errors import NotFound, suggestion
from mockserver.messages import Json
from mockserver.sandbox.scenario.scenario import Scenario
from mockserver.server.control.exchange import read_object, write_json, wrong_member
from mockserver.server.control.operation import (
    FLAG,
    MAYBE_TEXT,
    TEXT,
    TEXTS,
    Operation,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.target import affect, instance_of
from mockserver.server.renewal import apart
from mockserver.server.service import Instance, Service

_SCENARIO: Final = Shape(
    "Scenario",
    {"name": TEXT, "describe": TEXT, "user": MAYBE_TEXT, "faults": TEXTS, "script": FLAG, "current": FLAG},
)
_WANTED: Final = Shape("ScenarioWanted", {"name": {**MAYBE_TEXT, "description": "Null is the state of the file."}})
_CURRENT: Final = Shape(
    "CurrentScenario",
    {
        **_WANTED.members,
        "said": {
            "type": ["object", "null"],
            "description": "What its script has said last: `text`, the `step` from 1, and `at_s` after the switch.",
        },
    },
)


def add_scenarios(routes: Routes, service: Service) -> None:
    """`/api/scenarios` and `/api/scenario`."""

    @routes.on("GET", "/api/scenarios", Operation("List the scenarios", answer("As declared.", Rows(_SCENARIO))))
    def show_all() -> Response:
        instance = instance_of(service)
        return write_json([_describe(one, instance.scenario) for one in instance.scenarios.values()])

    @routes.on("GET", "/api/scenario", Operation("Read which it is in", answer("Its name.", _CURRENT)))
    def show() -> Response:
        return _write(instance_of(service))

    @routes.on(
        "PUT",
        "/api/scenario",
        Operation("Switch to one", answer("Its name.", _CURRENT), body=_WANTED, problems=(404, 409)),
    )
    def switch() -> Response:
        body = read_object(["name"])
        name = body.get("name")
        if "name" not in body or not (name is None or isinstance(name, str)):
            raise wrong_member("name", "must be a scenario's name, or null for the state of the file")
        return affect(service, lambda instance: _switch(instance, name))


def _switch(instance: Instance, name: str | None) -> Response:
    if name is not None:
        _make_ready(instance, name)
    instance.switch(name)
    return _write(instance)


def _make_ready(instance: Instance, name: str) -> None:
    """Have the rows of a scenario made, while others are served. *Raises* `NotFound`, `Conflict`."""
    scenario = None
    # Another definition may have come meanwhile.
    while scenario is None or scenario is not instance.scenarios.get(name):
        scenario = instance.scenarios.get(name)
        if scenario is None:
            hint = suggestion(name, instance.scenarios) or "the definition has none."
            raise NotFound(f"There is no scenario '{name}'; {hint}")
        apart(scenario.variant.seeded)


def _write(instance: Instance) -> Response:
    said = instance.play.said
    told: Json = None if said is None else {"text": said.text, "step": said.step, "at_s": said.at_s}
    return write_json({"name": instance.scenario, "said": told})


def _describe(one: Scenario, current: str | None) -> dict[str, Json]:
    return {
        "name": one.name,
        "describe": one.describe,
        "user": one.user or None,
        "faults": [*one.faults],
        "script": bool(one.steps),
        "current": one.name == current,
    }
