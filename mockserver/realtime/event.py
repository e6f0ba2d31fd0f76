"""Events as clients are told of them: which of them somebody may know of, and the frame of each, written once for all.

Knows nothing of who is told, nor when.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias
from urllib.parse import quote
from weakref import WeakKeyDictionary

from mockserver.messages import Document, Json
from mockserver.query.embed import visible
from mockserver.query.naming import Naming
from mockserver.query.view import Eyes
from mockserver.realtime.frame import Frame
from mockserver.realtime.sight import look
from mockserver.store.change import Action, Change
from mockserver.store.event import Event, Publication
from mockserver.store.store import Store

Test: TypeAlias = Callable[[Document], bool]
"""Whether somebody is interested in a document."""


Kind: TypeAlias = Action | Literal["published"]
"""What happened, as somebody sees it."""


def passes_all(document: Document) -> bool:
    """The test of somebody who is interested in everything."""
    del document
    return True


class EventWriter:
    """Writes the events of one definition. `paths` are the collections' by resource, `prefix` is what they begin with.

    A frame is kept as long as its event is held.
    """

    __slots__ = ("_frames", "_naming", "_paths", "_prefix", "_store")

    def __init__(self, store: Store, naming: Naming, paths: Mapping[str, str], prefix: str) -> None:
        self._store = store
        self._naming = naming
        self._paths = paths
        self._prefix = prefix
        self._frames: WeakKeyDictionary[Event, dict[str, Frame]] = WeakKeyDictionary()

    def judge(self, event: Event, sees: Eyes, test: Test) -> Kind | None:
        """What an event is for somebody, nothing where it is not for them.

        A document interests them when it passes the test as it is now, or as it was before, as far as they see it.
        """
        content = event.content
        if isinstance(content, Publication):
            data = content.data if isinstance(content.data, dict) else {}
            return "published" if test is passes_all or test(data) else None
        if event.topic not in self._store.schema.resources:
            return None
        seen = look(event, sees, self._store)
        if seen is None:
            return None
        if test is not passes_all and not any(one is not None and test(one) for one in (seen.now, seen.before)):
            return None
        return seen.action

    def frame(self, event: Event, kind: Kind) -> Frame:
        """An event as it is told to everybody to whom it is the same."""
        frames = self._frames.get(event)
        if frames is None:
            frames = self._frames[event] = {}
        if kind not in frames:
            frames[kind] = Frame(self.body(event, kind), event.cursor)
        return frames[kind]

    def body(self, event: Event, kind: Kind) -> dict[str, Json]:
        """What stands in the frame of an event."""
        return self._changed(event, kind) if isinstance(event.content, Change) else self._published(event)

    def _changed(self, event: Event, kind: Kind) -> dict[str, Json]:
        change = event.content
        assert isinstance(change, Change)  # noqa: S101 - as it was judged
        resource, path = self._store.schema[change.resource], self._paths[change.resource]
        document = change.before if kind == "deleted" else change.document
        return {
            "method": path if resource.is_singleton else f"{path}/{quote(str(change.key), safe='')}",
            "status": 0,
            "message": kind,
            "data": self._naming.write(resource, visible(resource, document or {})),
            "id": event.cursor,
            "topic": event.topic,
            "action": kind,
            "resource": resource.name,
            "key": change.key,
        }

    def _published(self, event: Event) -> dict[str, Json]:
        said = event.content
        assert isinstance(said, Publication)  # noqa: S101 - as it was judged
        return {
            "method": said.method or f"{self._prefix}/{event.topic}",
            "status": 0,
            "message": "published",
            "data": said.data,
            "id": event.cursor,
            "topic": event.topic,
        }

    def paths(self, topics: Iterable[str] | None) -> dict[str, str]:
        """The path to read anew what a topic tells of, by topic; of all where none are named."""
        wanted = None if topics is None else set(topics)
        return {name: path for name, path in self._paths.items() if wanted is None or name in wanted}

    def refetch(self, topics: Iterable[str] | None) -> list[Json]:
        """These paths alone."""
        return [*self.paths(topics).values()]
