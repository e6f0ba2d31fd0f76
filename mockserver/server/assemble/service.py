"""One definition being served from as many sandboxes as are asked for, each by an instance of its own."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.registry import Sandboxes
from mockserver.server.assemble.beginning import Beginning
from mockserver.server.assemble.instance import AssembledInstance
from mockserver.server.assemble.preparation import Prepared
from mockserver.server.assemble.staging import Staged, stage
from mockserver.server.service import Follower

if TYPE_CHECKING:
    from mockserver.store.database.database import Database


class AssembledService:
    """The instances of one definition, and what concerns them all."""

    def __init__(
        self, prepared: Prepared, beginning: Beginning | None = None, database: "Database | None" = None
    ) -> None:
        """With a database, the default sandbox is kept in it. *Raises* `UnknownName`, `DatabaseError`."""
        beginning = beginning or Beginning()
        beginning.verify(prepared.faults, prepared.scenarios)
        self._beginning = beginning
        self._database = database
        self._prepared = prepared.begun(beginning)
        self._followers: list[Follower] = []
        self._at_end: list[Follower] = []
        self._in_use: list[Callable[[str], bool]] = []
        self._changed: dict[AssembledInstance, None] = {}
        self._notify: list[Callable[[], None]] = []
        self._sandboxes = Sandboxes(self._begin, is_busy=self._is_busy, on_end=self._end, limit=beginning.sandboxes)
        self.default = self._sandboxes.default

    # Who there is.

    def enter(self, name: str) -> AssembledInstance:
        """The instance of a sandbox, begun now where there was none. *Raises* `BadRequest` for what can't be a name."""
        return self._sandboxes.enter(name)

    def look(self, name: str) -> AssembledInstance:
        """The instance of a sandbox; where there is none, as it would begin now, and nothing is kept of it."""
        return self._sandboxes.look(name) or AssembledInstance(self._prepared, name)

    def instances(self) -> Sequence[AssembledInstance]:
        """All there are, the default one first."""
        return list(self._sandboxes)

    def idle_s(self, name: str) -> float:
        """For how long nobody has used a sandbox; the default one is always in use. *Raises* `NotFound`."""
        return self._sandboxes.idle_s(name)

    def end(self, name: str) -> None:
        """Let go of a sandbox. *Raises* `NotFound`, and `Conflict` for the default one."""
        self._sandboxes.end(name)

    def heed(self, is_in_use: Callable[[str], bool]) -> None:
        """Ask whether a sandbox of a name is in use right now before it is ended for being idle."""
        self._in_use.append(is_in_use)

    def at_end(self, follower: Follower) -> None:
        """Have every instance shown whose sandbox has ended; it must not block."""
        self._at_end.append(follower)

    def follow(self, follower: Follower) -> None:
        """Have every instance shown, those there are and those that begin later; it must not block."""
        self._followers.append(follower)
        for instance in self.instances():
            follower(instance)

    def _begin(self, name: str) -> AssembledInstance:
        instance = AssembledInstance(self._prepared, name, self._database if name == DEFAULT else None)

        def note() -> None:
            self._changed[instance] = None
            for notify in self._notify:
                notify()

        instance.watch(note)
        for follower in self._followers:
            follower(instance)
        return instance

    def _is_busy(self, instance: AssembledInstance) -> bool:
        return any(is_in_use(instance.name) for is_in_use in self._in_use)

    def _end(self, instance: AssembledInstance) -> None:
        self._changed.pop(instance, None)
        instance.end()
        for follower in self._at_end:
            follower(instance)

    # What concerns them all.

    @property
    def upload_bytes(self) -> int:
        """How many bytes of files one request may carry."""
        return self.default.upload_bytes

    def advance(self) -> float | None:
        """Do what is due by now; in how many seconds more will be, nothing when nothing will."""
        self._sandboxes.sweep()
        due = [one for instance in self.instances() if (one := instance.advance()) is not None]
        return min(due, default=None)

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` when something is due sooner than `advance` has said."""
        self.follow(lambda instance: instance.hasten(notify))

    def watch_feeds(self, notify: Callable[[], None]) -> None:
        """Call `notify` after every change of any feed."""
        self._notify.append(notify)

    def deliver(self) -> Iterator[None]:
        """Hand every session what it has not been told yet. *Raises* what it came to, once all others have theirs."""
        failure: Exception | None = None
        under_way = deque[Iterator[None]]()
        while self._changed or under_way:
            under_way.extend(instance.deliver() for instance in self._changed)
            self._changed.clear()
            # In turn: where something happens all the time, there is no end to it.
            delivering = under_way.popleft()
            try:
                next(delivering)
            except StopIteration:
                continue
            except Exception as error:  # noqa: BLE001 - raised again below
                failure = error
                continue
            under_way.append(delivering)
            yield
        if failure is not None:
            raise failure

    def greeting(self, api: str, control: str) -> str:
        """What to paste first."""
        return self.default.greeting(api, control)

    # Another definition.

    @property
    def written(self) -> Mapping[str, Any]:
        """The definition as plain values, in the order written."""
        return self._prepared.written

    def stage(self, prepared: Prepared) -> Staged:
        """Make ready what would take long in `take_over`; any thread may do it. *Raises* as `stage`."""
        played = [instance.scenario for instance in self.instances()]
        return stage(self._prepared, prepared.begun(self._beginning), played)

    def take_over(self, staged: Staged) -> Iterator[None]:
        """Serve another definition from now on, the default sandbox first; stops after each, for others to have a turn.

        One that has failed is ended. *Raises* what it came to, once all others serve it.
        """
        self._prepared = staged.prepared
        failure: Exception | None = None
        for instance in self.instances():
            if not instance.has_ended:
                failure = self._replace(instance, staged) or failure
                yield
        if failure is not None:
            raise failure

    def _replace(self, instance: AssembledInstance, staged: Staged) -> Exception | None:
        try:
            instance.replace(staged)
        except Exception as error:  # noqa: BLE001 - a bug of ours, raised later; it must not keep others from theirs
            if instance is not self.default:
                self.end(instance.name)
            return error
        return None
