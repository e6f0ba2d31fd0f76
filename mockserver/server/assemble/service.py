"""One definition being served from as many sandboxes as are asked for, each by an instance of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mockserver.errors import BadRequest
from mockserver.messages import Json
from mockserver.sandbox.address import DEFAULT, is_sandbox
from mockserver.sandbox.succession import Difference
from mockserver.server.assemble.instance import AssembledInstance, Staged
from mockserver.server.assemble.preparation import Prepared
from mockserver.server.service import Follower


@dataclass(frozen=True, slots=True)
class Succession:
    """A definition ready to take the place of the one that is served, staged for every sandbox there was."""

    prepared: Prepared
    staged: dict[str, Staged]


class AssembledService:
    """The instances of one definition, and what concerns them all."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._followers: list[Follower] = []
        self._instances: dict[str, AssembledInstance] = {}
        self._changed: dict[str, AssembledInstance] = {}
        self._notify: list[Callable[[], None]] = []
        self.default = self.enter(DEFAULT)

    # Who there is.

    def enter(self, name: str) -> AssembledInstance:
        """The instance of a sandbox, begun now where there was none. *Raises* `BadRequest` for what can't be a name."""
        found = self._instances.get(name)
        return found if found is not None else self._begin(_checked(name))

    def look(self, name: str) -> AssembledInstance:
        """The instance of a sandbox; where there is none, as it would begin now, and nothing is kept of it."""
        found = self._instances.get(name)
        return found if found is not None else AssembledInstance(self._prepared, _checked(name))

    def instances(self) -> Sequence[AssembledInstance]:
        """All there are, the default one first."""
        return list(self._instances.values())

    def end(self, name: str) -> None:
        """Forget a sandbox. *Raises* `LookupError` when there is none of that name."""
        del self._instances[name]

    def follow(self, follower: Follower) -> None:
        """Have every instance shown, those there are and those that begin later; it must not block."""
        self._followers.append(follower)
        for instance in self.instances():
            follower(instance)

    def _begin(self, name: str) -> AssembledInstance:
        instance = AssembledInstance(self._prepared, name)
        self._instances[name] = instance

        def note() -> None:
            self._changed[name] = instance
            for notify in self._notify:
                notify()

        instance.watch(note)
        for follower in self._followers:
            follower(instance)
        return instance

    # What concerns them all.

    @property
    def upload_bytes(self) -> int:
        """How many bytes of files one request may carry."""
        return self.default.upload_bytes

    def advance(self) -> float | None:
        """Do what is due by now; in how many seconds more will be, nothing when nothing will."""
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
        while self._changed:
            _, instance = self._changed.popitem()
            try:
                yield from instance.deliver()
            except Exception as error:  # noqa: BLE001 - raised again below
                failure = error
        if failure is not None:
            raise failure

    def openapi(self, api: str) -> dict[str, Json]:
        """The OpenAPI document of what is served at the origin `api`."""
        return self.default.openapi(api)

    def greeting(self, api: str) -> str:
        """What to paste first."""
        return self.default.greeting(api)

    # Another definition.

    def stage(self, prepared: Prepared) -> Succession:
        """Make ready what would take long in `replace`; what is served is only looked at, so any thread may do it."""
        return Succession(prepared, {one.name: one.stage(prepared) for one in self.instances()})

    def replace(self, succession: Succession) -> Difference:
        """Serve another definition from now on: other data where it differs, the data there is where it does not."""
        self._prepared = succession.prepared
        for instance in self.instances():
            staged = succession.staged.get(instance.name)
            instance.replace(staged if staged is not None else instance.stage(succession.prepared))
        return succession.staged[DEFAULT].difference


def _checked(name: str) -> str:
    if not is_sandbox(name):
        raise BadRequest(f"'{name}' can't be a sandbox: its name is 1 to 64 letters, digits, '.', '_' and '-'.")
    return name
