"""What the control plane is asked to say on the feed: `{topic, data}`, and the method that its event is to have."""

from collections.abc import Mapping
from typing import Final

from mockserver.definitions.name import LABEL_WORDS
from mockserver.errors import BadRequest, FieldError, sentence, suggestion
from mockserver.messages import Json
from mockserver.store.feed import is_topic

_KEYS: Final = ("topic", "data", "method")


def read_publication(body: Mapping[str, Json]) -> tuple[str, Json, str]:
    """Topic, data and method; the method is empty where the topic is to choose it. *Raises* `BadRequest`."""
    for name in body:
        if name not in _KEYS:
            raise _wrong(name, "is not known", f"; {suggestion(name, list(_KEYS))}")
    topic, method = body.get("topic"), body.get("method", "")
    if not isinstance(topic, str):
        raise _wrong("topic", "must be a text")
    if not is_topic(topic):
        raise _wrong("topic", f"must be {LABEL_WORDS}")
    if not isinstance(method, str) or not method.isprintable():
        raise _wrong("method", "must be a text, like /api/v1/news")
    if method.startswith("/sys/"):
        raise _wrong("method", "can't be one of the system's own")
    return topic, body.get("data"), method


def _wrong(name: str, detail: str, advice: str = "") -> BadRequest:
    return BadRequest(sentence(f"'{name}' {detail}{advice}"), [FieldError(detail, pointer=f"/{name}")])
