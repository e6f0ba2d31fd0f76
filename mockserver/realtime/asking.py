"""What a client asks of the feed, by a URL or in a frame: topics, where to go on from, and what narrows them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from mockserver.conventions.styled import Styled
from mockserver.definitions.name import LABEL_WORDS, NAME_WORDS, is_name
from mockserver.errors import BadRequest, nearest, suggestion
from mockserver.messages import Json
from mockserver.query.naming import Naming
from mockserver.query.parameters import ACCESS_TOKEN, MANY, Parameter, Parameters
from mockserver.realtime.narrowing import OWN, Narrower
from mockserver.realtime.subscription import Subscription
from mockserver.store.feed import Feed, Place, is_topic, read_cursor
from mockserver.store.store import Store
from mockserver.value import dataclass

NOW: Final = "now"
START: Final = "start"
MOST_WAIT_S: Final = 60.0
_SHOWN: Final = 100
"""So many characters are repeated of what can be no topic."""
_TYPO: Final = 0.8
"""As close as this to a resource's name, another name is taken for it, mistyped."""
_TAG: Final = "websockettag"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted, from which place on, and how long to wait for it; `since` is as it was said, empty for now."""

    subscription: Subscription
    since: str = ""
    wait_s: float = 0.0


def place_of(since: str, feed: Feed) -> Place | None:
    """The place that was asked for; nothing for the present one. What is no cursor at all is another life's."""
    if since in ("", NOW):
        return None
    return feed.start if since == START else read_cursor(since) or Place("", 0)


class FeedReader:
    """Reads what is asked of the feed of one definition. *Raises* `BadRequest` with everything that is wrong."""

    __slots__ = ("_narrower", "_read", "_store")

    def __init__(self, store: Store, naming: Naming, convention: Styled, *, strict: bool) -> None:
        self._store = store
        self._read = convention.read_query
        self._narrower = Narrower(store, naming, convention, strict=strict)

    def read(self, query: Sequence[tuple[str, str]]) -> Asked:
        """What a URL asks. Parameters that are not the feed's own narrow it."""
        if len(query) > MANY:
            raise BadRequest(f"A query of more than {MANY} parameters is not read.")
        errors = Parameters({})
        own: dict[str, list[tuple[str, str]]] = {name: [] for name in (*OWN, ACCESS_TOKEN)}
        rest: list[tuple[str, str]] = []
        for name, value in query:
            own.get(name.casefold(), rest).append((name, value))
        texts = [(name, text) for name, value in own["topics"] for text in value.split(",")]
        topics = self._topics(texts, errors)
        since = _read_since(_only(own["since"], errors), errors)
        wait_s = _read_wait(_only(own["wait"], errors), errors)
        _check_client(_only(own["client"], errors), errors)
        subscription = self._narrower.narrow(topics, self._read(rest), errors)
        errors.finish()
        return Asked(subscription, since, wait_s)

    def subscribing(self, data: Mapping[str, Json]) -> Asked:
        """What `/sys/subscribe` asks: `{topics, where: {field: value or values}, since}`."""
        errors = Parameters({})
        _check_members(data, ("topics", "where", "since"), errors)
        topics = self._topics(_texts(data, errors), errors)
        since = data.get("since")
        if since is not None and not isinstance(since, str):
            errors.fail("since", "must be a text")
        read = _read_since(("since", since) if isinstance(since, str) else None, errors)
        subscription = self._narrower.narrow(topics, _parameters(data.get("where"), errors), errors)
        errors.finish()
        return Asked(subscription, read)

    def unsubscribing(self, data: Mapping[str, Json]) -> Sequence[str] | None:
        """The topics that `/sys/unsubscribe` names, nothing for all."""
        errors = Parameters({})
        _check_members(data, ("topics",), errors)
        topics = self._topics(_texts(data, errors), errors)
        errors.finish()
        return topics

    def _topics(self, given: Iterable[tuple[str, str]], errors: Parameters) -> Sequence[str] | None:
        """The topics named, each once, nothing where there is none.

        What is published has names that nobody can know before, so that only what looks like a resource mistyped is
        refused.
        """
        named = {text.strip(): name for name, text in given if text.strip()}
        if len(named) > MANY:
            errors.fail(next(iter(named.values())), f"has more than {MANY} names")
            return None
        return [self._topic(topic, name, errors) for topic, name in named.items()] or None

    def _topic(self, topic: str, name: str, errors: Parameters) -> str:
        """A topic, or the one that is meant by a name that is none."""
        resources = self._store.schema.resources
        if topic in resources:
            return topic
        close = nearest(topic, resources, _TYPO)
        if close is not None:
            errors.fail(name, f"has no topic '{topic}'; did you mean '{close}'?")
        elif not is_topic(topic):
            errors.fail(name, f"can't be '{topic[:_SHOWN]}': a topic has {LABEL_WORDS}")
        return close or topic


def _only(given: Sequence[tuple[str, str]], errors: Parameters) -> tuple[str, str] | None:
    """The one parameter of a name; two are an error."""
    if len(given) > 1:
        errors.fail(given[1][0], "is given twice")
    return given[0] if given else None


def _read_since(given: tuple[str, str] | None, errors: Parameters) -> str:
    name, text = given or ("", "")
    if text not in ("", NOW, START) and read_cursor(text) is None:
        errors.fail(name, "must be the id of an event, 'now' or 'start'")
    return text


def _read_wait(given: tuple[str, str] | None, errors: Parameters) -> float:
    name, text = given or ("", "")
    if not text:
        return 0.0
    try:
        wait_s = float(text) if text.isascii() and "_" not in text else -1.0
    except ValueError:
        wait_s = -1.0
    if not 0 <= wait_s <= MOST_WAIT_S:
        errors.fail(name, f"must be a number of seconds from 0 to {MOST_WAIT_S:.0f}")
        return 0.0
    return wait_s


def _check_client(given: tuple[str, str] | None, errors: Parameters) -> None:
    """Note a client's name for itself that can't be one."""
    if given is not None and not is_name(given[1]):
        errors.fail(given[0], f"must be {NAME_WORDS}")


def _check_members(data: Mapping[str, Json], known: Sequence[str], errors: Parameters) -> None:
    for name in data:
        # The tag may stand among the data.
        if name not in known and name.casefold() != _TAG:
            errors.fail(name, f"is not known here; {suggestion(name, known)}")


def _texts(data: Mapping[str, Json], errors: Parameters) -> list[tuple[str, str]]:
    """The names in `topics`: a list of texts, or one text as in a URL."""
    given = data.get("topics")
    found: Any = given.split(",") if isinstance(given, str) else [] if given is None else given
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        errors.fail("topics", "must be a list of names")
        return []
    return [("topics", one) for one in found]


def _parameters(where: Json, errors: Parameters) -> list[Parameter]:
    """The fields of a `where` as the parameters of a query would be."""
    if where is None:
        return []
    if not isinstance(where, dict):
        errors.fail("where", "must be an object of fields and their values")
        return []
    found: list[Parameter] = []
    for name, value in where.items():
        said = f"where.{name}"
        if value is None:
            found.append(Parameter(f"{name}[isnull]", "true", said))
            continue
        for one in value if isinstance(value, list) and value else [value]:
            if one is None or isinstance(one, dict | list):
                errors.fail(said, "must be a value, or a list of texts, numbers, true and false")
            else:
                found.append(Parameter(name, one if isinstance(one, str) else orjson.dumps(one).decode(), said))
    return found
