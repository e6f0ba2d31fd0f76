"""The endpoints of the definition itself: shown as it was written, and another put in its place.

A definition comes as JSON, or as `{"source": "…"}` with the YAML in it. Nothing in the format names a file, so none is
read for one that is uploaded.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, request

from mockserver.definitions.json_text import spell_as_yaml
from mockserver.definitions.load import Report
from mockserver.definitions.secret import REDACTED
from mockserver.definitions.source import Source, parse_source
from mockserver.errors import BadRequest, DefinitionError, DefinitionProblem, FieldError, Invalid
from mockserver.messages import Json
from mockserver.server.control.exchange import escape, read_object, write_json, write_problem, wrong_member
from mockserver.server.control.operation import FLAG, NUMBER, SANDBOX, TEXTS, Operation, Parameter, Shape, answer
from mockserver.server.control.query import given_query
from mockserver.server.control.route import Routes
from mockserver.server.control.secret import LOST, conceal, restore
from mockserver.server.renewal import Renewal, Renewed, tell_problems
from mockserver.server.service import Service

_NAME: Final = "upload"
"""What stands for the file in places."""
_SOURCE: Final = "source"
_CHECKS: Final = {"1": True, "true": True, "0": False, "false": False}
_SECRETS: Final = frozenset({"token", "password"})

_WRITTEN: Final = Shape("Definition", {}, open=True)
_LOADED: Final = Shape(
    "DefinitionLoaded", {"ok": FLAG, "generated": TEXTS, "kept": TEXTS, "removed": TEXTS, "ms": NUMBER}
)
_ALL: Final = Parameter("sandbox", "Taken, and of no effect: a definition is that of all sandboxes.", SANDBOX.schema)
_SHOWING: Final = Operation(
    "Show the definition in force",
    answer("As written; tokens, passwords and the secrets of faults are left out.", _WRITTEN),
    (_ALL,),
)
_PUTTING: Final = Operation(
    "Put another definition in force",
    answer("Which resources were generated again, kept, and removed.", _LOADED),
    (Parameter("check", "`1`: only say what is wrong, or what would become of it.", {"enum": [*_CHECKS]}), _ALL),
    body=Shape("DefinitionUpload", {}, open=True, least=1),
    problems=(422,),
)


def add_definition(routes: Routes, service: Service, renewal: Renewal) -> None:
    """`/api/definition`."""

    @routes.on("GET", "/api/definition", _SHOWING)
    def show() -> Response:
        return write_json(show_definition(service.written))

    @routes.on("PUT", "/api/definition", _PUTTING)
    def put() -> Response:
        text = _read_upload()

        def read() -> Source:
            source = parse_source(text, _NAME, renewal.extent)
            restore_secrets(source, service.written)
            return source

        return _check(renewal, read) if _read_check() else _renew(renewal, read)


def _check(renewal: Renewal, read: Callable[[], Source]) -> Response:
    """Say what a definition would come to."""
    try:
        return _write(renewal.check(read))
    except DefinitionError as error:
        return _refuse(error, read_object())


def _renew(renewal: Renewal, read: Callable[[], Source]) -> Response:
    """Put a definition in force, and tell everybody what became of it."""
    try:
        renewed = renewal.renew(read)
    except DefinitionError as error:
        renewal.tell("failed", [_NAME], tell_problems(error))
        return _refuse(error, read_object())
    renewal.tell("uploaded", [_NAME], renewed.to_json())
    return _write(renewed)


def _write(renewed: Renewed) -> Response:
    return write_json({"ok": True, **renewed.to_json()})


def show_definition(written: Mapping[str, Any]) -> dict[str, Json]:
    """A definition as JSON, without the secrets of its users and of its faults."""
    shown = dict(written)
    for section, hide in (("auth", _hide), ("faults", _hide_faults)):
        if isinstance(shown.get(section), dict):
            shown[section] = hide(shown[section])
    return {str(name): _plain(value) for name, value in shown.items()}


def _hide_faults(faults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: conceal(fault) for name, fault in faults.items()}


def _hide(auth: Mapping[str, Any]) -> dict[str, Any]:
    users = auth.get("users")
    shown = {**auth, "secret": REDACTED} if "secret" in auth else {**auth}
    if isinstance(users, dict):
        shown["users"] = {name: _hide_user(user) if isinstance(user, dict) else user for name, user in users.items()}
    return shown


def _hide_user(user: Mapping[str, Any]) -> dict[str, Any]:
    return {key: REDACTED if key in _SECRETS else value for key, value in user.items()}


def restore_secrets(source: Source, written: Mapping[str, Any]) -> None:
    """Put back into a definition what it was shown without, so that one that was read can be sent back.

    *Raises* `DefinitionError` for what was never there: nobody's password is what is shown in its place.
    """
    report = Report(source)
    for section in ("auth", "faults"):
        for where in restore(source.data.get(section), written.get(section), (section,)):
            report.add(where, LOST, "write what it is to be")
    report.raise_if_any()


def _plain(value: Any) -> Json:
    """A value of YAML as JSON has it: keys are texts."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    plain: Json = [_plain(inner) for inner in value] if isinstance(value, list) else value
    return plain


def _read_check() -> bool:
    given = dict(given_query()).get("check", "0")
    if given not in _CHECKS:
        raise BadRequest("'check' must be 1 or 0.", [FieldError("must be 1 or 0", parameter="check")])
    return _CHECKS[given]


def _read_upload() -> str:
    """The text of the definition in the body. *Raises* `BadRequest`."""
    body = read_object()
    if not body:
        raise BadRequest('The body must be a definition, or {"source": "…"} with one in YAML.')
    if _SOURCE not in body:
        return spell_as_yaml(request.get_data().decode("utf-8", "replace"))
    text = body[_SOURCE]
    if not isinstance(text, str) or len(body) > 1:
        raise wrong_member(_SOURCE, "must be a text, with nothing beside it")
    return text


def _refuse(error: DefinitionError, body: dict[str, Json]) -> Response:
    """The answer where something is wrong with a definition: all of it, each in its place."""
    data: dict[str, Json] = {} if _SOURCE in body else body
    count = len(error.problems)
    told = f"{count} {'problem' if count == 1 else 'problems'} in the definition; what is served has not changed."
    return write_problem(Invalid(told), [_tell(problem, data) for problem in error.problems])


def _tell(problem: DefinitionProblem, data: dict[str, Json]) -> Json:
    found: dict[str, Json] = {
        "pointer": _point(problem.path, data),
        "detail": problem.problem,
        "line": problem.position.line,
        "column": problem.position.column,
    }
    return {**found, "hint": problem.hint} if problem.hint else found


def _point(path: str, data: Json) -> str:
    """The JSON pointer of a place whose steps have dots between; where keys have dots too, the longest are meant."""
    steps = path.split(".") if path else []
    pointer = ""
    while steps:
        count = _count_steps(steps, data)
        name, steps = ".".join(steps[:count]), steps[count:]
        pointer += f"/{escape(name)}"
        if isinstance(data, list):
            data = data[int(name)] if name.isdecimal() and int(name) < len(data) else None
        else:
            data = data.get(name) if isinstance(data, dict) else None
    return pointer


def _count_steps(steps: list[str], data: Json) -> int:
    """How many steps make the key that is meant."""
    known = data if isinstance(data, dict) else {}
    return next((count for count in range(len(steps), 0, -1) if ".".join(steps[:count]) in known), 1)
