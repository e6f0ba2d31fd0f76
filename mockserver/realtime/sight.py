"""What a change is to somebody: by what they see of its document, and what they saw of it before.

Both are judged as things stood then: a row that goes with the one that it belongs to was theirs until it went. Knows
nothing of how it is told.
"""

from functools import partial

from mockserver.errors import Problem
from mockserver.generation.scope import Find
from mockserver.messages import Document, Json
from mockserver.query.view import Eyes, sees_all
from mockserver.store.change import Action, Change
from mockserver.store.event import Event
from mockserver.store.store import Store
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """A change as somebody sees it: the document now, nothing where it is gone, and what it was, if they saw it."""

    action: Action
    now: Document | None
    before: Document | None


def look(event: Event, sees: Eyes, store: Store) -> Seen | None:
    """What the change of a document is to somebody, nothing where it is not for them.

    A document that comes into their sight is created for them, and one that goes out of it is deleted. Where a rule has
    no value for a document, it can't be said that they may see it, and so they don't.
    """
    change = event.content
    assert isinstance(change, Change)  # noqa: S101 - what is published has no document
    now, before = change.document, change.before
    if sees is not sees_all:
        now = _seen(sees, change, now, partial(_find_after, store, event))
        before = _seen(sees, change, before, partial(_find_before, store, event))
    if now is None:
        return None if before is None else Seen("deleted", None, before)
    return Seen("created" if before is None else "updated", now, before)


def _seen(sees: Eyes, change: Change, document: Document | None, find: Find) -> Document | None:
    try:
        return document if document is not None and sees(change.resource, document, find) else None
    except Problem:
        return None


def _find_after(store: Store, event: Event, resource: str, key: Json) -> Document | None:
    """A document as it was when the event's batch had happened."""
    return _find_at(store, event.epoch, event.last, resource, key)


def _find_before(store: Store, event: Event, resource: str, key: Json) -> Document | None:
    """A document as it was before the event; a batch is one step, however often it changes something."""
    change = event.content
    assert isinstance(change, Change)  # noqa: S101 - what is published has no document
    earliest = store.feed.next_change(change.resource, change.key, event.first - 1)
    is_first = earliest is None or earliest.offset >= event.offset
    return _find_at(store, event.epoch, event.first - 1 if is_first else event.last, resource, key)


def _find_at(store: Store, epoch: str, offset: int, resource: str, key: Json) -> Document | None:
    """A document as it was at a place of the feed, as far as what has changed since is held."""
    if epoch != store.feed.place.epoch or isinstance(key, bool) or not isinstance(key, int | str):
        return store.find(resource, key)
    later = store.feed.next_change(resource, key, offset)
    change = None if later is None else later.content
    return change.before if isinstance(change, Change) else store.find(resource, key)
