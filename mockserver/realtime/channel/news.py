"""A change as the rules of channels see it: who may know of it, and its names in expressions."""

from functools import cached_property
from typing import Any, TypeAlias

from mockserver.formula.scope import Reading, Row
from mockserver.messages import Document
from mockserver.query.view import Eyes
from mockserver.realtime.channel.chain import Chain
from mockserver.realtime.channel.said import encode_json
from mockserver.realtime.sight import Seen, look
from mockserver.store.change import Action, Change
from mockserver.store.event import Event
from mockserver.store.store import Store

Names: TypeAlias = dict[str, Any]


class News:
    """One event of the feed; what it is to somebody is worked out once for all to whom it is the same."""

    def __init__(self, event: Event, change: Change, reading: Reading, chain: Chain) -> None:
        self.event = event
        self.chain = chain
        self.change = change
        self._reading = reading
        self._names: dict[Action, Names] = {}

    @property
    def resource(self) -> str:
        """The resource that has changed."""
        return self.change.resource

    @cached_property
    def size(self) -> int:
        """How many bytes it takes to keep it."""
        return sum(len(encode_json(one)) for one in (self.change.document, self.change.before) if one is not None)

    def seen(self, sees: Eyes, store: Store) -> tuple[Action, Names] | None:
        """What it is to somebody by the definition that is served, nothing where it is not for them.

        What was in another life of the feed is for nobody: there are no such rows any more.
        """
        if self.resource not in store.schema.resources or self.event.epoch != store.feed.place.epoch:
            return None
        seen = look(self.event, sees, store)
        if seen is None:
            return None
        if seen.action not in self._names:
            self._names[seen.action] = self._named(seen)
        return seen.action, self._names[seen.action]

    def _named(self, seen: Seen) -> Names:
        change = self.change
        event = {
            "action": seen.action,
            "resource": change.resource,
            "key": change.key,
            "id": self.event.cursor,
            "topic": self.event.topic,
        }
        return {
            "row": self._row(seen.before if seen.now is None else seen.now),
            "old": self._row(seen.before),
            "event": event,
        }

    def _row(self, document: Document | None) -> Row | None:
        resource = self._reading.store.schema.resources.get(self.change.resource)
        return None if document is None or resource is None else Row(self._reading, resource, document)
