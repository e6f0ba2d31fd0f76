"""The endpoints of a sandbox's scenario: which there are, which it is in, and another one."""

from typing import Any, Final

from flask import Response
from pydantic import BaseModel

from mockserver.errors import NotFound, suggestion
from mockserver.messages import Json
from mockserver.sandbox.scenario.change import Change
from mockserver.sandbox.scenario.scenario import Scenario, Step
from mockserver.server.control.exchange import read_object, write_json, wrong_member
from mockserver.server.control.operation import (
    ANYTHING,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
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

_PUBLISHED: Final = Shape("ScenarioPublication", {"topic": TEXT, "data": ANYTHING})
_STEP: Final = Shape(
    "ScenarioStep",
    {
        "at_s": {**NUMBER, "description": "Seconds after the switch."},
        "faults": {**TEXTS, "description": "On from then, and no others."},
        "user": {**MAYBE_TEXT, "description": "From then; null is nobody."},
        "say": TEXT,
        "publish": _PUBLISHED,
    },
    optional=frozenset({"faults", "user", "say", "publish"}),
)
_SCENARIO: Final = Shape(
    "Scenario",
    {
        "name": TEXT, "describe": TEXT, "extends": MAYBE_TEXT, "user": MAYBE_TEXT, "faults": TEXTS,
        "data": {
            "type": "object", "additionalProperties": {"type": "object"},
            "description": "By resource what is otherwise: `count`, how many `rows` are named, `mix`.",
        },
        "script": Rows(_STEP),
        "loop_s": {**MAYBE_NUMBER, "description": "How long one round of the script takes, null where it ends."},
        "current": FLAG,
    },
)  # fmt: skip
_WANTED: Final = Shape("ScenarioWanted", {"name": {**MAYBE_TEXT, "description": "Null is the state of the file."}})
_CURRENT: Final = Shape(
    "CurrentScenario",
    {
        **_WANTED.members,
        "script": {
            "type": ["object", "null"],
            "description": "How far it has come: the `round` from 1, `at_s` seconds into it, `next` the `step` to come"
            " and `in_s` how many seconds, and whether it was `ended` by switching everything off.",
        },
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
    return write_json({"name": instance.scenario, "said": told, "script": _tell_progress(instance)})


def _tell_progress(instance: Instance) -> Json:
    found = instance.play.progress()
    if found is None:
        return None
    coming: Json = {"step": found.next_step, "in_s": round(found.next_s, 6)} if found.next_step else None
    return {"round": found.round, "at_s": round(found.at_s, 6), "next": coming, "ended": found.is_over}


def _describe(one: Scenario, current: str | None) -> dict[str, Json]:
    return {
        "name": one.name,
        "describe": one.describe,
        "extends": one.extends or None,
        "user": one.user or None,
        "faults": [*one.faults],
        "data": {resource: _describe_change(change) for resource, change in one.changes.items()},
        "script": [_describe_step(step) for step in one.steps],
        "loop_s": one.period_s or None,
        "current": one.name == current,
    }


def _describe_change(change: Change) -> Json:
    count: Any = change.count
    if isinstance(count, BaseModel):
        count = count.model_dump(mode="json", exclude_unset=True)
    found: dict[str, Json] = {} if count is None else {"count": count}
    if change.rows is not None:
        found["rows"] = len(change.rows)
    return {**found, "mix": {**change.mix}} if change.mix else found


def _describe_step(step: Step) -> Json:
    found: dict[str, Json] = {"at_s": step.at_s}
    if step.faults is not None:
        found["faults"] = [*step.faults]
    if step.user is not None:
        found["user"] = step.user or None
    if step.say is not None:
        found["say"] = step.say
    if step.publish is not None:
        found["publish"] = {"topic": step.publish[0], "data": step.publish[1]}
    return found
