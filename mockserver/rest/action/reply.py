"""What an action answers: an outcome that the convention writes, a problem, or an answer that is written as it is."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson

from mockserver.errors import ServerError
from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.header import header_values, load_headers
from mockserver.formula.names import Names
from mockserver.messages import Json, Outcome, Reply
from mockserver.query.naming import Naming
from mockserver.rest.action.refusal import Refusal, load_refusal
from mockserver.rest.action.section import ReplySection
from mockserver.value import dataclass

_REFUSED: Final = 400
_BODILESS: Final = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)
_UNUSABLE: Final = (HTTPStatus.NOT_MODIFIED,)
_JSON: Final = "application/json"


class TakenBack(Exception):
    """Ends an action whose answer is written as it is, and takes back what it did."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("taken back")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """One reply, with its expressions compiled."""

    when: Formula | None
    status: Formula | None
    headers: Mapping[str, Formula]
    body: Formula | None
    refusal: Refusal
    is_bare: bool
    place: str

    def answer(self, usual: Outcome, scope: Mapping[str, Any], naming: Naming) -> Outcome | Reply:
        """The answer. *Raises* `Problem`, and `TakenBack` for a refusal that is written as it is."""
        status = None if self.status is None else self._status(self.status.value(scope))
        headers = header_values(self.headers, scope)
        body = None if self.body is None else self.body.value(scope)
        if self.is_bare:
            reply = self._bare(status or HTTPStatus.OK, headers, body)
            if reply.status >= _REFUSED:
                raise TakenBack(reply)
            return reply
        if status is not None and status >= _REFUSED:
            raise self.refusal.problem(status, scope, dict(headers), naming)
        said = usual._replace(item=body, listed=None, headers=headers, message=self.refusal.message.text(scope))
        located = {name.lower() for name, _ in headers}
        if status is None and usual.done == "accepted":
            return said._replace(location="") if "location" in located else said
        return said._replace(done="read", location="", status=status or HTTPStatus.OK.value)

    def _status(self, value: Json) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599 or value in _UNUSABLE:
            raise ServerError(f"{self.place}: gives the status {value!r}, which is none from 200 to 599.")
        return value

    def _bare(self, status: int, headers: tuple[tuple[str, str], ...], body: Json) -> Reply:
        if status in _BODILESS:
            return Reply(status, tuple(pair for pair in headers if pair[0].lower() != "content-type"))
        media = next((value for name, value in headers if name.lower() == "content-type"), "")
        if not media or is_json(media):
            typed = headers if media else (("Content-Type", _JSON), *headers)
            return Reply(status, typed, orjson.dumps(body))
        if not isinstance(body, str):
            raise ServerError(f"{self.place}: a body of the type {media} has to be a text.")
        return Reply(status, headers, body.encode())


def is_json(media: str) -> bool:
    """Whether a media type is JSON."""
    kind = media.partition(";")[0].strip().lower()
    return kind == _JSON or kind.endswith("+json")


def load_replies(
    loading: Loading, where: Where, sections: Sequence[ReplySection], names: Names, *, is_list: bool
) -> tuple[ReplyPlan, ...]:
    """The replies with their expressions compiled; what can't be sent is noted."""
    plans: list[ReplyPlan] = []
    for place, section in enumerate(sections):
        at = (*where, place) if is_list else where
        if plans and plans[-1].when is None:
            loading.note(at, "is never given: the reply above it has no 'when'", "put it last")
        plans.append(_load(loading, at, section, names))
    return tuple(plans)


def _load(loading: Loading, where: Where, section: ReplySection, names: Names) -> ReplyPlan:
    refusal = load_refusal(loading, where, names, section)
    headers = load_headers(loading, (*where, "headers"), section.headers, names)
    _check_media(loading, where, section)
    _check_status(loading, where, section)
    return ReplyPlan(
        None if section.when is True else loading.condition(section.when, (*where, "when"), names),
        None if section.status is None else loading.formula(section.status, (*where, "status"), names),
        headers,
        loading.formula(section.body, (*where, "body"), names) if "body" in section.model_fields_set else None,
        refusal,
        section.bare,
        loading.place(where),
    )


def _check_media(loading: Loading, where: Where, section: ReplySection) -> None:
    for name in section.headers:
        if name.lower() == "content-type" and not section.bare:
            problem, hint = "the convention says what its bodies are", "add `bare: true` for other ones"
            loading.note((*where, "headers", name), problem, hint, key=True)


def _check_status(loading: Loading, where: Where, section: ReplySection) -> None:
    status = section.status
    if isinstance(status, str):
        if "${" not in status:
            loading.note((*where, "status"), "should be a number or an expression", 'e.g. 201, or "${…}"')
        return
    if status in _UNUSABLE:
        loading.note((*where, "status"), f"{status} is given where a request asks for it by its own headers")
    if status in _BODILESS and "body" in section.model_fields_set:
        loading.note((*where, "body"), f"an answer with status {status} has no body", "leave it out", key=True)
    if status is not None and status >= _REFUSED:
        if "body" in section.model_fields_set and not section.bare:
            hint = "say it with message, details and errors, or add `bare: true`"
            loading.note((*where, "body"), f"an answer with status {status} is a problem", hint, key=True)
        return
    for key in ("details", "errors"):
        if key in section.model_fields_set:
            loading.note((*where, key), f"'{key}' belongs to a problem", "status: 400 or more", key=True)
