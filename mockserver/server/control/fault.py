"""The endpoints of a sandbox's faults: which there are, set, changed, switched on and off; and of what is shipped."""

from typing import Final

from flask import Response

from mockserver.errors import FieldError, Invalid, NotFound, suggestion
from mockserver.faults.fault import Fault
from mockserver.faults.faults import Faults
from mockserver.faults.load import read_fault
from mockserver.faults.preset import Preset, preset_faults, presets
from mockserver.faults.section import BESIDE_PRESET
from mockserver.faults.state import State
from mockserver.faults.wording import tell
from mockserver.messages import Document, Json, merged
from mockserver.server.control.condition import IF_MATCH, IF_NONE_MATCH, is_known, tagged, verify_conditions
from mockserver.server.control.exchange import escape, located, read_object, write_json, write_nothing
from mockserver.server.control.operation import (
    COUNT,
    EVERY,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NAMED,
    NOTHING,
    SANDBOX,
    TEXT,
    TEXTS,
    Answer,
    Operation,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.secret import LOST, restore, show_fault
from mockserver.server.control.target import affect, instance_of, instances_of
from mockserver.server.service import Instance, Service

_PATH: Final = "/api/faults/<name>"
_SETTINGS: Final = {"type": "object", "description": "The fault as it was written, without its secrets."}
_EFFECTS: Final = {**TEXTS, "description": "What each of its rules does, in words."}
_FAULT: Final = Shape(
    "Fault",
    {
        "name": TEXT, "describe": TEXT, "effects": _EFFECTS, "settings": _SETTINGS, "enabled": FLAG,
        "source": {"enum": ["file", "runtime", "preset"]}, "preset": MAYBE_TEXT, "priority": COUNT,
        "expires_in_s": MAYBE_NUMBER, "matched": COUNT, "fired": COUNT, "skipped": COUNT, "overflow": COUNT,
    },
)  # fmt: skip
_TTL: Final = {
    "type": "string", "pattern": "^([1-9][0-9]{0,2}(ms|s|m)|[1-9]h)$", "description": "`90s`, `15m`; a day at most.",
}  # fmt: skip
_SETTING: Final = Shape(
    "FaultSetting",
    {"ttl": _TTL, "enabled": FLAG, "preset": NAMED},
    optional=frozenset({"ttl", "enabled", "preset"}),
    open=True,
    describe="A fault as a definition writes it; `mockserver schema` has all its keys.",
)
_CHANGE: Final = Shape(
    "FaultChange",
    {"ttl": {**_TTL, "type": ["string", "null"]}, "enabled": FLAG, "preset": {**NAMED, "type": ["string", "null"]}},
    optional=frozenset({"ttl", "enabled", "preset"}),
    open=True,
    describe="A merge patch (RFC 7396) of what it is.",
)
_OFF: Final = Shape("FaultsOff", {"off": TEXTS})
_SWITCH: Final = frozenset({"enabled", "ttl"})
"""Keys that switch a fault, and leave it what it is."""
_PRESET: Final = Shape(
    "Preset",
    {"name": TEXT, "describe": TEXT, "effects": _EFFECTS, "rules": {"type": "array", "items": _SETTINGS}},
)
_CHANGING: Final = (SANDBOX, IF_MATCH, IF_NONE_MATCH)
_ORDER: Final = "Those of the definition in its order, then those that were set, the oldest first."
_TAG: Final = {"ETag": "Of what it is and whether it is on; counters have no part in it."}
_SHOWN: Final = answer("How it stands.", _FAULT, **_TAG)


def add_faults(routes: Routes, service: Service) -> None:
    """`/api/faults` and `/api/presets`."""

    @routes.on("GET", "/api/faults", Operation("List the faults", answer(_ORDER, Rows(_FAULT))))
    def show_all() -> Response:
        return write_json([show_fault(state) for state in instance_of(service).faults])

    @routes.on(
        "POST",
        "/api/faults/off",
        Operation("Switch all off", answer("Those that were on.", _OFF), (EVERY,), body=NOTHING),
    )
    def switch_off() -> Response:
        read_object(())
        ended = [name for instance in instances_of(service) for name in instance.off()]
        return write_json({"off": [*dict.fromkeys(ended)]})

    @routes.on("GET", "/api/presets", Operation("List what is shipped", answer("All presets.", Rows(_PRESET))))
    def show_presets() -> Response:
        return write_json([_describe(one) for one in presets.values()])

    _add_reading(routes, service)
    _add_changing(routes, service)


def _add_reading(routes: Routes, service: Service) -> None:
    not_modified = {304: Answer("It is as `If-None-Match` says.", headers=_TAG)}

    @routes.on(
        "GET", _PATH, Operation("Read a fault", {**_SHOWN, **not_modified}, (SANDBOX, IF_NONE_MATCH), None, (404,))
    )
    def show(name: str) -> Response:
        state = _get(instance_of(service).faults, name)
        if is_known(state.tag):
            return tagged(write_nothing(304), state.tag)
        return _write(state)


def _add_changing(routes: Routes, service: Service) -> None:
    created = {201: Answer("It was not set before.", _FAULT, {**_TAG, "Location": "Where it is."})}

    @routes.on("PUT", _PATH, Operation("Set a fault", {**_SHOWN, **created}, _CHANGING, _SETTING, (409, 412, 422)))
    def put(name: str) -> Response:
        body = read_object()
        return affect(service, lambda instance: _put(instance, name, body))

    @routes.on("PATCH", _PATH, Operation("Change a fault", _SHOWN, _CHANGING, _CHANGE, (404, 409, 412, 422)))
    def patch(name: str) -> Response:
        change = read_object()
        return _write(affect(service, lambda instance: _change(instance, name, change)))

    @routes.on(
        "POST", f"{_PATH}/restart", Operation("Count a fault from the beginning", _SHOWN, body=NOTHING, problems=(404,))
    )
    def restart(name: str) -> Response:
        read_object(())
        return _write(affect(service, lambda instance: _restart(instance.faults, name)))

    @routes.on("DELETE", _PATH, Operation("Delete a fault", answer("It is gone."), _CHANGING, None, (404, 412)))
    def delete(name: str) -> Response:
        affect(service, lambda instance: _delete(instance.faults, name))
        return write_nothing()


def _put(instance: Instance, name: str, body: Document) -> Response:
    before = _find(instance.faults, name)
    verify_conditions(before.tag if before else None)
    if not set(body).difference(BESIDE_PRESET) and name in instance.faults.presets:
        body = {"preset": name, **body}
    response = _write(instance.faults.put(name, _read(instance, name, body, before)))
    return response if before else located(response, f"/api/faults/{name}")


def _restart(faults: Faults, name: str) -> State:
    _get(faults, name)
    return faults.restart(name)


def _delete(faults: Faults, name: str) -> None:
    verify_conditions(_get(faults, name).tag)
    faults.remove(name)


def _change(instance: Instance, name: str, change: Document) -> State:
    """A fault as a merge patch (RFC 7396) makes it. *Raises* `NotFound`, `Invalid`, `Conflict`."""
    faults = instance.faults
    before = _find(faults, name)
    verify_conditions(before.tag if before else None)
    if before is None and not (name in faults.presets and change.get("enabled") is True):
        raise _unknown(faults, name)
    if before is not None and not change:
        return before
    settings: Document = {"preset": name} if before is None else {**before.settings, "enabled": before.enabled}
    if change.get("enabled", True) is None:
        # Merged, it would be gone, and a fault that does not say is on.
        detail = "should be true or false, not null"
        raise Invalid(f"The fault is not valid: enabled: {detail}.", [FieldError(detail, "/enabled")])
    fault = _read(instance, name, merged(settings, change), before)
    if set(change).difference(_SWITCH):
        return faults.put(name, fault)
    if fault.enabled:
        return faults.enable(name, fault.ttl_s if "ttl" in change else None)
    if "ttl" in change:
        detail = "says nothing of a fault that is off"
        raise Invalid(f"'ttl' {detail}.", [FieldError(detail, "/ttl")])
    return faults.disable(name)


def _describe(preset: Preset) -> Document:
    rules = preset_faults()[preset.name].rules
    return {
        "name": preset.name,
        "describe": preset.describe,
        "effects": [tell(rule) for rule in rules],
        "rules": [*preset.rules],
    }


def _read(instance: Instance, name: str, body: Json, before: State | None) -> Fault:
    """The fault that a body describes; secrets that were left out of the one there was stay what they are."""
    lost = restore(body, before.fault.settings if before else {})
    if lost:
        errors = [FieldError(LOST, "".join(f"/{escape(str(step))}" for step in where)) for where in lost]
        raise Invalid(f"The fault is not valid: {errors[0].name} {LOST}.", errors)
    return read_fault(name, body, instance.faults.presets, instance.served)


def _find(faults: Faults, name: str) -> State | None:
    """How a fault stands, nothing where none of that name is set."""
    try:
        return faults.get(name)
    except LookupError:
        return None


def _get(faults: Faults, name: str) -> State:
    """How a fault stands. *Raises* `NotFound`."""
    state = _find(faults, name)
    if state is None:
        raise _unknown(faults, name)
    return state


def _unknown(faults: Faults, name: str) -> NotFound:
    if name in faults.presets:
        return NotFound(
            f"'{name}' is a preset, and is not set here. Switch it on by a PATCH with {{\"enabled\": true}}."
        )
    return NotFound(
        f"There is no fault '{name}'; {suggestion(name, [state.name for state in faults] + [*faults.presets])}"
    )


def _write(state: State) -> Response:
    return tagged(write_json(show_fault(state)), state.tag)
