"""The operations of the feed: poll, long poll and event stream. A document has no words for its WebSocket."""

from typing import Final

from mockserver.definitions.name import NAME
from mockserver.errors import BadRequest, Problem, UriTooLong
from mockserver.openapi.component import Schema
from mockserver.openapi.value import NO_NUL
from mockserver.realtime.asking import MOST_WAIT_S
from mockserver.realtime.window import FeedPoll, FeedStream

_JSON: Final = "application/json"
_TEXT: Final[Schema] = {"type": "string"}
_PLACE: Final = r"[0-9a-z]{1,32}\.(0|[1-9][0-9]{0,15})"
_CURSOR: Final[Schema] = {"type": "string", "pattern": f"^{_PLACE}$"}
_PROBLEMS: Final[list[type[Problem]]] = [BadRequest, UriTooLong]
_FILTERS: Final = "The names of fields narrow it to documents with these values, as those of a list do."

_EVENT: Final[Schema] = {
    "type": "object",
    "description": "One document created, updated or deleted; or something published, with the first six alone.",
    "properties": {
        "method": {"type": "string", "description": "The path of the document."},
        "status": {"type": "integer", "const": 0},
        "message": {"type": "string", "description": "What happened."},
        "data": {"description": "The document, as it was last where it is deleted."},
        "id": {**_CURSOR, "description": "The place in the feed that is reached with it."},
        "topic": _TEXT,
        "action": {"enum": ["created", "updated", "deleted"]},
        "resource": _TEXT,
        "key": {"type": ["integer", "string"], "description": "The id of the document."},
    },
    "required": ["method", "status", "message", "data", "id", "topic"],
}
_GAP: Final[Schema] = {
    "type": ["object", "null"],
    "description": "Not everything since that place can be told, and so nothing is: read anew what `refetch` names.",
    "properties": {
        "reason": {"enum": ["epoch", "trimmed", "limit"]},
        "asked": _TEXT,
        "refetch": {"type": "array", "items": _TEXT},
    },
    "required": ["reason", "asked", "refetch"],
}


def _events(most: int) -> Schema:
    """The answer to a poll, of so many events at most."""
    return {
        "type": "object",
        "properties": {
            "events": {"type": "array", "maxItems": most, "items": _EVENT},
            "at": {**_CURSOR, "description": "Where to go on from: the next `since`."},
            "gap": _GAP,
            "next_ms": {"type": "integer", "minimum": 0, "description": "How long to wait before asking again."},
        },
        "required": ["events", "at", "gap", "next_ms"],
    }


def _query(name: str, said: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": said, "schema": schema}


def _asking(topics: list[str]) -> list[Schema]:
    """What every window takes. Something may be published under any name, so that no list of topics is complete."""
    said = f"Which of {', '.join(topics)}, and of the names that are published under; all without any."
    names: Schema = {"type": "array", "items": {"type": "string", "pattern": "^ *[A-Za-z0-9._-]{0,64} *$"}}
    return [
        {**_query("topics", said, names), "style": "form", "explode": False},
        _query(
            "since",
            "The id of an event or an `X-Mock-At`, `now`, or `start` for all that is held.",
            {"type": "string", "pattern": f"^(now|start|{_PLACE})?$"},
        ),
        _query(
            "client",
            "What the client calls itself in `/api/reconnects`; nothing else depends on it.",
            {"type": "string", "pattern": NAME},
        ),
    ]


def describe_poll(topics: list[str], most: int) -> Schema:
    """Poll and long poll, of so many events at most."""
    seconds: Schema = {"type": "number", "minimum": 0, "maximum": MOST_WAIT_S}
    wait = _query("wait", "So many seconds at most, until there is something to tell (long poll).", seconds)
    found: Schema = {"description": "What happened since.", "content": {_JSON: {"schema": _events(most)}}}
    return {
        "tags": ["events"],
        "summary": "What happened since a place in the feed",
        "description": f"{_FILTERS} Over a WebSocket the same is had at `/ws` below.",
        "parameters": [*_asking(topics), wait],
        "responses": {"200": found},
        "problems": _PROBLEMS,
    }


def describe_stream(topics: list[str]) -> Schema:
    """Server-sent events."""
    last = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string", "pattern": NO_NUL}}
    said = "Events as they happen; `data` is the object of an event, and words of the system are of the type `sys`."
    # Without a schema: some take it for that of the whole stream, others for that of each event.
    return {
        "tags": ["events"],
        "summary": "The feed as server-sent events",
        "description": _FILTERS,
        "parameters": [*_asking(topics), {**last, "description": "Where to go on from; wins over `since`."}],
        "responses": {"200": {"description": said, "content": {"text/event-stream": {}}}},
        "problems": _PROBLEMS,
    }


def describe_window(endpoint: FeedPoll | FeedStream, topics: list[str]) -> Schema:
    """One of them."""
    most = endpoint.desk.audience.feed.span.events
    return describe_poll(topics, most) if isinstance(endpoint, FeedPoll) else describe_stream(topics)
