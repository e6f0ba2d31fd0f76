"""A change as the rules of channels see it: who may know of it, and its names in expressions."""

from typing import Any, TypeAlias

from mockserver.formula.scope import Reading, Row
from mockserver.messages import Document
from mockserver.query.view import Sees, sees_all
from mockserver.store.change import Action, Change
from mockserver.store.event import Event

Names: TypeAlias = dict[str, Any]


class News:
    """One event of the feed; what it is to somebody is worked out once for all to whom it is the same."""

    __slots__ = ("_names", "_reading", "change", "event")

    def __init__(self, event: Event, change: Change, reading: Reading) -> None:
        self.event = event
        self.change = change
        self._reading = reading
        self._names: dict[Action, Names] = {}

    @property
    def resource(self) -> str:
        """The resource that has changed."""
        return self.change.resource

    def seen(self, sees: Sees) -> tuple[Action, Names] | None:
        """What it is to somebody, nothing where it is not for them.

        A document that comes into their sight is created for them, and one that goes out of it is deleted.
        """
        change = self.change
        now, before = change.document, change.before
        if sees is not sees_all:
            now = now if now is not None and sees(change.resource, now) else None
            before = before if before is not None and sees(change.resource, before) else None
        if now is None and before is None:
            return None
        action: Action = "deleted" if now is None else "created" if before is None else "updated"
        if action not in self._names:
            self._names[action] = self._named(action, now, before)
        return action, self._names[action]

    def _named(self, action: Action, now: Document | None, before: Document | None) -> Names:
        change = self.change
        event = {
            "action": action,
            "resource": change.resource,
            "key": change.key,
            "id": self.event.cursor,
            "topic": self.event.topic,
        }
        return {"row": self._row(before if now is None else now), "old": self._row(before), "event": event}

    def _row(self, document: Document | None) -> Row | None:
        resource = self._reading.store.schema.resources.get(self.change.resource)
        return None if document is None or resource is None else Row(self._reading, resource, document)
