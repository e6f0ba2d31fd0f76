"""Commands over a socket: frames to requests, answers to frames. What a request comes to is not known here.

*Source* seed document 000_d212b2e637d1f864; what it leaves open, as the Linkis gateway and its console do it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

import orjson

from mockserver.conventions.socket import SocketManner, code_of, code_of_status
from mockserver.errors import BadRequest, FieldError, Problem, UnknownPath, UriTooLong
from mockserver.messages import TARGET_BYTES, Json, Reply, Request, read_query
from mockserver.query.parameters import ACCESS_TOKEN
from mockserver.realtime.command_frame import TAG, Command, find_tag, read_command, read_object
from mockserver.realtime.cookie import keep
from mockserver.realtime.frame import Frame
from mockserver.value import dataclass

TAG_HEADER: Final = "websocket-tag"
"""The header in which a command's tag goes along with its request."""

Word: TypeAlias = Callable[[Mapping[str, Json]], dict[str, Json]]
"""What answers a `/sys/…` method: from its data to the answer's. *Raises* `Problem`."""

_SYSTEM: Final = "/sys/"
_METHOD: Final = re.compile(r"(?:([A-Za-z]+) +)?(/[^\s?#]*)(?:\?([^\s#]*))?")
_WITH_QUERY: Final = ("GET", "HEAD")
_OF_HANDSHAKE: Final = frozenset(
    (
        "accept", "connection", "content-length", "content-type", "expect", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "range", "te", "trailer", "transfer-encoding", "upgrade",
    )
)  # fmt: skip
"""What a handshake's headers say of the handshake alone; those of the protocol aside."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a frame came to: nothing to say to some, and the answer's object as others may look at it."""

    frame: Frame | None
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class CommandDesk:
    """Where commands are answered: `handle` as requests are, `refuse` by how the convention writes a problem."""

    handle: Callable[[Request], Reply]
    refuse: Callable[[Request, Problem], Reply]
    manner: SocketManner


class CommandLine:
    """The commands of one socket. Who speaks is known by its handshake, and by whom it has logged in as since.

    Methods may begin with the prefix of the sandbox that the handshake had, or go without.
    """

    __slots__ = ("_base", "_credentials", "_desk", "_headers", "changes")

    def __init__(self, desk: CommandDesk, handshake: Request) -> None:
        self._desk = desk
        self._base = handshake.base
        self._credentials = tuple(pair for pair in handshake.query if pair[0] == ACCESS_TOKEN)
        self.changes = 0
        """How often it has become somebody else who speaks, as far as cookies say."""
        self._headers = {
            name: value
            for name, value in handshake.headers.items()
            if name not in _OF_HANDSHAKE and not name.startswith("sec-")
        }

    @property
    def headers(self) -> Mapping[str, str]:
        """What tells who speaks, for every request of this socket."""
        return self._headers

    def answer(self, message: str | bytes, words: Mapping[str, Word]) -> Answer:
        """What to say to a message. Nothing a client sends is an error here; all of it has an answer, or none."""
        try:
            whole = read_object(message)
        except Problem as problem:
            return self._refuse(Command("", None, TAG, None, {}), problem)
        try:
            is_system = self._below(str(whole.get("method"))).startswith(_SYSTEM)
            command = read_command(whole, needs_tag=not is_system)
        except Problem as problem:
            method, (spelling, tag) = whole.get("method"), find_tag(whole)
            known = Command(method if isinstance(method, str) else "", tag, spelling, None, {})
            return self._refuse(known, problem)
        if len(command.method) > TARGET_BYTES:
            return self._refuse(command, UriTooLong(f"A method has at most {TARGET_BYTES} characters."))
        if not command.method.strip() and self._desk.manner.is_envelope:
            # The Linkis gateway passes over them, and its console sends some to keep proxies awake.
            return Answer(None, {})
        if is_system:
            return self._say(command, words)
        return self._perform(command)

    def _say(self, command: Command, words: Mapping[str, Word]) -> Answer:
        word = words.get(self._below(command.method))
        try:
            if word is None:
                raise UnknownPath(f"There is no method '{command.method}'; {_listed(words)}.")
            said = word(command.data if isinstance(command.data, dict) else {})
        except Problem as problem:
            return self._refuse(command, problem)
        return self._write(command, 0, "OK", {**said})

    def _perform(self, command: Command) -> Answer:
        try:
            request = self._request(command)
        except Problem as problem:
            return self._refuse(command, problem)
        return self._reply(command, self.ask(request))

    def ask(self, request: Request) -> Reply:
        """The answer to a request of this client's; the cookies it sets are kept."""
        if self._credentials and "authorization" not in request.headers:
            request = replace(request, query=(*request.query, *self._credentials))
        reply = self._desk.handle(replace(request, base=self._base))
        self._remember(reply)
        return reply

    def _request(self, command: Command) -> Request:
        """The request that a command means. *Raises* `BadRequest`, `UnknownPath`."""
        found = _METHOD.fullmatch(command.method.strip())
        if found is None:
            raise UnknownPath(f"There is no method '{command.method}'; write it like '/path' or 'PATCH /path'.")
        verb = (found[1] or ("GET" if command.data is None else "POST")).upper()
        headers = {**self._headers, "accept": "application/json", **command.headers}
        if command.tag is not None:
            headers[TAG_HEADER] = _text_of(command.tag)
        target, query = self._below(found[2]), read_query(found[3] or "")
        if command.data is None or verb in _WITH_QUERY:
            return Request(verb, target, (*query, *_parameters_within(command.data)), headers)
        body = orjson.dumps(command.data)
        headers |= {"content-type": "application/json", "content-length": str(len(body))}
        return Request(verb, target, query, headers, body)

    def _below(self, path: str) -> str:
        """A path without the prefix of the sandbox."""
        for prefix in (self._base, unquote(self._base)) if self._base else ():
            if path.startswith(f"{prefix}/"):
                return path.removeprefix(prefix)
        return path

    def _remember(self, reply: Reply) -> None:
        """Keep the cookies of an answer, as a browser would: a login by command holds for those after it."""
        given = [value for name, value in reply.headers if name.lower() == "set-cookie"]
        if not given:
            return
        self._headers["cookie"] = keep(self._headers.get("cookie", ""), given)
        self.changes += 1

    def _refuse(self, command: Command, problem: Problem) -> Answer:
        # What is too long is not said again more often than it must be.
        method = command.method if len(command.method) <= TARGET_BYTES else ""
        target = self._below((_METHOD.fullmatch(method) or ["", "", method])[2])
        refused = Request("POST", target, (), self._headers, base=self._base)
        return self._reply(command, self._desk.refuse(refused, problem))

    def _reply(self, command: Command, reply: Reply) -> Answer:
        body, message = body_of(reply), reply.message
        code = code_of_status(reply.status) if reply.status < 400 or not reply.came_to else code_of(reply.came_to)
        if self._desk.manner.is_envelope and isinstance(body, dict) and isinstance(body.get("status"), int):
            code, message = body["status"], str(body.get("message", message))
            body = body.get("data")
        return self._write(command, code, message or ("OK" if code == 0 else reply.decided_by), body)

    def _write(self, command: Command, code: int, message: str, data: Json) -> Answer:
        if self._desk.manner.is_envelope and (data is None or isinstance(data, dict)):
            # The real clients look for it there.
            data = {**(data or {}), TAG: command.tag}
        body: dict[str, Json] = {
            "method": command.method, "status": code, "message": message, "data": data, TAG: command.tag,
        }  # fmt: skip
        body[command.spelling] = command.tag
        return Answer(Frame(body), body)


def _parameters_within(data: Json) -> list[tuple[str, str]]:
    """The same, of no more than an address holds: queries are remembered. *Raises* `BadRequest`, `UriTooLong`."""
    parameters = list(_parameters(data))
    if sum(len(name) + len(value) + 2 for name, value in parameters) > TARGET_BYTES:
        raise UriTooLong(f"The data of a GET has at most {TARGET_BYTES} characters.")
    return parameters


def _parameters(data: Json) -> Iterator[tuple[str, str]]:
    """The data of a command without a body, as the parameters of its query. *Raises* `BadRequest`."""
    if data is None:
        return
    if not isinstance(data, dict):
        raise BadRequest("The data of a GET must be an object.", [FieldError("must be an object", pointer="/data")])
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict | list):
                detail = "must be a text, a number, true or false, or a list of those"
                raise BadRequest(f"'data.{name}' {detail}.", [FieldError(detail, pointer=f"/data/{name}")])
            if one is not None:
                yield name, _text_of(one)


def _text_of(value: Json) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def body_of(reply: Reply) -> Any:
    """The body of an answer, as it goes into a frame."""
    if not reply.body:
        return None
    kind = (reply.header("content-type") or "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return orjson.loads(reply.body)
    try:
        return reply.body.decode()
    except UnicodeDecodeError:
        return None


def _listed(words: Mapping[str, Word]) -> str:
    return f"there are {', '.join(words)}" if words else "there is none of the system's here"
