"""What becomes of an answer on its way: pure functions from a reply to another one.

Lengths and tags are the server's to count afterwards.
"""

from dataclasses import replace
from typing import Final

import orjson

from mockserver.faults.damage import damage_bytes
from mockserver.messages import BODILESS, Json, Reply, merged

_HTML: Final = "text/html; charset=utf-8"


def with_header(reply: Reply, name: str, value: str) -> Reply:
    """The reply with a header in place of those of that name."""
    folded = name.lower()
    kept = tuple(pair for pair in reply.headers if pair[0].lower() != folded)
    return replace(reply, headers=(*kept, (name, value)))


def without_header(reply: Reply, name: str) -> Reply:
    """The reply without the headers of that name."""
    folded = name.lower()
    return replace(reply, headers=tuple(pair for pair in reply.headers if pair[0].lower() != folded))


def patched(patch: Json, reply: Reply) -> Reply:
    """A merge patch (RFC 7396) on an object, or on each object of a bare list; anything else stays as it is."""
    if not _is_json(reply):
        return reply
    body = _json_of(reply)
    if isinstance(body, dict):
        return replace(reply, body=orjson.dumps(merged(body, patch)))
    if isinstance(body, list):
        rows = [merged(row, patch) if isinstance(row, dict) else row for row in body]
        return replace(reply, body=orjson.dumps(rows))
    return reply


def damaged(mode: str, reply: Reply) -> Reply:
    """A body that is no JSON any more (`damage.DAMAGES`); its type says the truth about a page only."""
    if _is_bodiless(reply):
        return reply
    broken = replace(reply, body=damage_bytes(mode, reply.body))
    return with_header(broken, "Content-Type", _HTML) if mode == "html" else broken


def mislabelled(reply: Reply) -> Reply:
    """A body that is said to be compressed, and is not."""
    return reply if _is_bodiless(reply) else with_header(reply, "Content-Encoding", "gzip")


def with_current(reply: Reply, document: Reply) -> Reply:
    """A problem that has the document in it as `current`, as a GET of the same address has answered it.

    It stays as it is where nothing was found, or where it is no JSON object.
    """
    body, current = _json_of(reply), _json_of(document)
    if document.status != 200 or not isinstance(body, dict) or not isinstance(current, dict):
        return reply
    return replace(reply, body=orjson.dumps({**body, "current": current}))


def _is_bodiless(reply: Reply) -> bool:
    return reply.status in BODILESS or not reply.body


def _is_json(reply: Reply) -> bool:
    media_type = (reply.header("Content-Type") or "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _json_of(reply: Reply) -> Json:
    """The JSON of a body; null where it is none."""
    try:
        body: Json = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None
    return body
